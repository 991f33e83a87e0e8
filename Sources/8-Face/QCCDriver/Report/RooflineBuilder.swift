import CycleSimulator
import IntegerProgram
import Reports
import Targets

/// What the engines of a target allow, and how fast a program's layers run on them.
struct RooflineBuilder {
  private let program: IntegerProgram
  private let target: Accelerator

  init(_ program: IntegerProgram, on target: Accelerator) {
    self.program = program
    self.target = target
  }

  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths.
  func rooflines() throws -> [Roofline] {
    var points: [EngineKind: [Roofline.Point]] = [:]
    for case .linear(let linear) in program.instructions {
      let cost = try LayerCost(of: linear.shape, plan: linear.plan, on: target, model: .stated)
      points[linear.shape.engine, default: []].append(
        .init(
          layer: linear.name, mode: cost.mode.name, macs: cost.macs,
          bytesRead: cost.traffic.input + cost.traffic.weights, bytesWritten: cost.traffic.output,
          cycles: cost.reconfigurable.total))
    }
    return EngineKind.allCases.compactMap { kind in
      points[kind].map {
        Roofline(
          engine: kind.publishedName, busBytesPerCycle: target.cycles.busBytesPerCycle, roofs: roofs(of: target[kind]),
          points: $0)
      }
    }
  }

  private func roofs(of engine: Engine) -> [Roofline.Roof] {
    let products = Set(target.modes.map(\.products)).sorted()
    return products.map { products in
      .init(
        modes: target.modes.filter { $0.products == products }.map(\.name),
        macsPerCycle: engine.multipliers * products)
    }
  }
}

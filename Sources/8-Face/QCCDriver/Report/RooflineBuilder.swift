import CycleSimulator
import Reports
import Schedule
import Targets

/// What the engines of a target allow, and how fast a network's layers run on them.
struct RooflineBuilder {
  private let schedule: Schedule
  private var target: Accelerator { schedule.accelerator }

  init(_ schedule: Schedule) {
    self.schedule = schedule
  }

  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths.
  func rooflines() throws -> [Roofline] {
    var points: [EngineKind: [Roofline.Point]] = [:]
    for layer in schedule.layers {
      let cost = try LayerCost(of: layer.shape, nest: layer.nest, on: target, model: .stated)
      points[layer.shape.engine, default: []].append(
        .init(
          layer: layer.name, mode: cost.mode.name, macs: cost.macs,
          bytesRead: cost.traffic.input + cost.traffic.weights, bytesWritten: cost.traffic.output,
          cycles: cost.reconfigurable.total))
    }
    return EngineKind.all.compactMap { kind in
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

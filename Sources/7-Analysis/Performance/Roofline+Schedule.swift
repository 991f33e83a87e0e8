import CycleSimulator
import Schedule
import Targets

extension Roofline {
  /// What the engines of a target allow, and how fast a network's layers run on them: one per engine that runs a layer.
  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths.
  package static func all(of schedule: Schedule) throws -> [Roofline] {
    let target = schedule.accelerator
    var points: [EngineKind: [Point]] = [:]
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
          engine: kind.publishedName, busBytesPerCycle: target.cycles.busBytesPerCycle,
          roofs: roofs(of: target[kind], in: target.modes),
          points: $0)
      }
    }
  }

  private static func roofs(of engine: Engine, in modes: [MultiplierMode]) -> [Roof] {
    Set(modes.map(\.products)).sorted().map { products in
      Roof(
        modes: modes.filter { $0.products == products }.map(\.name), macsPerCycle: engine.multipliers * products)
    }
  }
}

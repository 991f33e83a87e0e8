import CycleSimulator
import Schedule
import Targets

/// How fast an engine's layers run against what its multipliers and its bus allow (Williams, Waterman, Patterson, 2009), in
/// multiply-accumulates.
package struct Roofline: Hashable, Sendable {
  /// What the multipliers can do in modes of one number of products.
  package struct Roof: Hashable, Sendable {
    package var modes: [String]
    package var macsPerCycle: Int
  }

  package struct Point: Hashable, Sendable {
    package var layer: String
    package var mode: String
    package var macs: Int
    package var bytesRead: Int
    package var bytesWritten: Int
    package var cycles: Int

    /// Multiply-accumulates per byte: the bus reads and writes at the same time, so the busier way counts.
    package var intensity: Double { Double(macs) / Double(max(bytesRead, bytesWritten, 1)) }
    package var macsPerCycle: Double { Double(macs) / Double(max(cycles, 1)) }
  }

  /// `2DConv`, `DWConv` or `FC`.
  package var engine: String
  /// Each way.
  package var busBytesPerCycle: Int
  /// Slowest first.
  package var roofs: [Roof]
  package var points: [Point]

  /// What its mode allows a layer, in multiply-accumulates per cycle.
  package func multiplierLimit(of point: Point) -> Double {
    Double(roofs.first { $0.modes.contains(point.mode) }?.macsPerCycle ?? 0)
  }

  /// What the bus allows it.
  package func busLimit(of point: Point) -> Double { Double(busBytesPerCycle) * point.intensity }

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

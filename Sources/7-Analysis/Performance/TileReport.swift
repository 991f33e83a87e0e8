import CycleSimulator
import Presentation
import Schedule
import Targets

/// What `qcc tile-report` says. Its JSON keys are a promise to other programs. "Standard" is the accelerator with plain
/// 16-bit multipliers, "reconfigurable" the one with Sum-Together multipliers.
package struct TileReport: Report, Hashable, Sendable {
  package struct Layer: Encodable, Hashable, Sendable {
    package var name: String
    /// `2DConv`, `DWConv` or `FC`.
    package var engine: String
    /// Activation bits x weight bits of the multiplier's mode, as `8x4`.
    package var mode: String
    package var tiles: Int
    /// Multiply-accumulates of the layer.
    package var macs: Int
    /// Ideal latency in tile times.
    package var idealStandard: Double
    package var idealReconfigurable: Double
    package var cyclesStandard: Int
    package var cyclesReconfigurable: Int
    /// The part of the reconfigurable cycles in which the multiplier lanes do useful work, 0 to 1.
    package var utilization: Double
    /// Without double buffering.
    package var cyclesStandardSequential: Int
    package var cyclesReconfigurableSequential: Int
    package var units: Units

    package init(
      name: String, engine: String, mode: String, tiles: Int, macs: Int, idealStandard: Double,
      idealReconfigurable: Double, cyclesStandard: Int, cyclesReconfigurable: Int, utilization: Double,
      cyclesStandardSequential: Int = 0, cyclesReconfigurableSequential: Int = 0, units: Units = Units()
    ) {
      self.name = name
      self.engine = engine
      self.mode = mode
      self.tiles = tiles
      self.macs = macs
      self.idealStandard = idealStandard
      self.idealReconfigurable = idealReconfigurable
      self.cyclesStandard = cyclesStandard
      self.cyclesReconfigurable = cyclesReconfigurable
      self.utilization = utilization
      self.cyclesStandardSequential = cyclesStandardSequential
      self.cyclesReconfigurableSequential = cyclesReconfigurableSequential
      self.units = units
    }
  }

  package struct Totals: Encodable, Hashable, Sendable {
    package var tiles: Int
    package var idealStandard: Double
    package var idealReconfigurable: Double
    /// idealStandard / idealReconfigurable; 1 for a network without accelerated layers.
    package var speedup: Double
    package var cyclesStandard: Int
    package var cyclesReconfigurable: Int
    /// cyclesStandard / cyclesReconfigurable; 1 for a network without accelerated layers.
    package var cycleSpeedup: Double
    /// Without double buffering.
    package var cyclesStandardSequential: Int
    package var cyclesReconfigurableSequential: Int
  }

  package var layers: [Layer]
  package var totals: Totals
  /// What is left to the processor.
  package var host: HostWork?

  package init(layers: [Layer], host: HostWork? = nil) {
    self.layers = layers
    self.host = host
    let idealStandard = layers.reduce(0) { $0 + $1.idealStandard }
    let idealReconfigurable = layers.reduce(0) { $0 + $1.idealReconfigurable }
    let cyclesStandard = layers.reduce(0) { $0 + $1.cyclesStandard }
    let cyclesReconfigurable = layers.reduce(0) { $0 + $1.cyclesReconfigurable }
    totals = Totals(
      tiles: layers.reduce(0) { $0 + $1.tiles }, idealStandard: idealStandard,
      idealReconfigurable: idealReconfigurable,
      speedup: idealReconfigurable > 0 ? idealStandard / idealReconfigurable : 1, cyclesStandard: cyclesStandard,
      cyclesReconfigurable: cyclesReconfigurable,
      cycleSpeedup: cyclesReconfigurable > 0 ? Double(cyclesStandard) / Double(cyclesReconfigurable) : 1,
      cyclesStandardSequential: layers.reduce(0) { $0 + $1.cyclesStandardSequential },
      cyclesReconfigurableSequential: layers.reduce(0) { $0 + $1.cyclesReconfigurableSequential })
  }

  /// One line per layer and the totals.
  package var table: Table {
    var table = Table(columns: [
      .init("layer", minimumWidth: 8), .init("engine", isOptional: true), .init("mode", isOptional: true),
      .init("tiles", .right),
      .init("macs", .right, isOptional: true), .init("ideal std", .right, isOptional: true), .init("ideal ST", .right),
      .init("cycles std", .right, isOptional: true), .init("cycles ST", .right), .init("use", .right, isOptional: true),
    ])
    for layer in layers {
      table.append([
        .text(layer.name), .text(layer.engine), .text(layer.mode), .integer(layer.tiles), .integer(layer.macs),
        .real(layer.idealStandard, decimals: 2), .real(layer.idealReconfigurable, decimals: 2),
        .integer(layer.cyclesStandard), .integer(layer.cyclesReconfigurable),
        .text("\(fixed(layer.utilization * 100, decimals: 0)) %"),
      ])
    }
    table.setTotals([
      .text("total"), .text(""), .text(""), .integer(totals.tiles), .integer(layers.reduce(0) { $0 + $1.macs }),
      .real(totals.idealStandard, decimals: 2), .real(totals.idealReconfigurable, decimals: 2),
      .integer(totals.cyclesStandard), .integer(totals.cyclesReconfigurable), .text(""),
    ])
    return table
  }

  package func text(_ style: TextStyle) -> String {
    table.text(style) + "\n" + unitTable.text(style)
      + "\nspeedup of Sum-Together over standard multipliers: \(fixed(totals.speedup, decimals: 2))x ideal latency, "
      + "\(fixed(totals.cycleSpeedup, decimals: 2))x cycles\n"
  }

  /// One line per layer, columns named as the JSON keys.
  package func csv() -> String {
    var table = Table(
      columns: [
        "name", "engine", "mode", "tiles", "macs", "idealStandard", "idealReconfigurable", "cyclesStandard",
        "cyclesReconfigurable", "utilization",
      ].map { Table.Column($0) })
    for layer in layers {
      table.append([
        .text(layer.name), .text(layer.engine), .text(layer.mode), .integer(layer.tiles), .integer(layer.macs),
        .real(layer.idealStandard, decimals: 2), .real(layer.idealReconfigurable, decimals: 2),
        .integer(layer.cyclesStandard), .integer(layer.cyclesReconfigurable), .real(layer.utilization, decimals: 4),
      ])
    }
    return table.csv()
  }

  /// What the accelerated layers of a network cost.
  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths.
  package init(_ schedule: Schedule, model: CostModel) throws {
    self.init(
      layers: try schedule.layers.map { layer in
        Layer(
          name: layer.name,
          cost: try LayerCost(of: layer.shape, nest: layer.nest, on: schedule.accelerator, model: model))
      }, host: HostWork(schedule))
  }

  /// What the units of the accelerator did during a layer, in cycles.
  package struct Units: Encodable, Hashable, Sendable {
    /// With double buffering.
    package var standard = SimulatedCycles()
    package var reconfigurable = SimulatedCycles()
    /// Without.
    package var standardSequential = SimulatedCycles()
    package var reconfigurableSequential = SimulatedCycles()
  }

  /// Busy and stalled cycles of the units on Sum-Together multipliers with double buffering, and all cycles without it.
  package var unitTable: Table {
    var table = Table(columns: [
      .init("cycles ST", minimumWidth: 9), .init("load", .right), .init("load stall", .right, isOptional: true),
      .init("compute", .right), .init("compute stall", .right, isOptional: true), .init("store", .right),
      .init("store stall", .right, isOptional: true), .init("one buffer", .right, isOptional: true),
    ])
    for layer in layers {
      let run = layer.units.reconfigurable
      table.append(
        [.text(layer.name)]
          + [run.load, run.compute, run.store].flatMap { [.integer($0.busy), .integer($0.stalled)] }
          + [.integer(layer.cyclesReconfigurableSequential)])
    }
    func sum(_ unit: KeyPath<SimulatedCycles, SimulatedCycles.Unit>, _ cycles: KeyPath<SimulatedCycles.Unit, Int>)
      -> TableCell
    {
      .integer(layers.reduce(0) { $0 + $1.units.reconfigurable[keyPath: unit][keyPath: cycles] })
    }
    table.setTotals([
      .text("total"), sum(\.load, \.busy), sum(\.load, \.stalled), sum(\.compute, \.busy), sum(\.compute, \.stalled),
      sum(\.store, \.busy), sum(\.store, \.stalled), .integer(totals.cyclesReconfigurableSequential),
    ])
    return table
  }
}

extension TileReport.Layer {
  fileprivate init(name: String, cost: LayerCost) {
    self.init(
      name: name, engine: cost.engine.publishedName, mode: cost.mode.name, tiles: cost.tiles, macs: cost.macs,
      idealStandard: cost.ideal.standard, idealReconfigurable: cost.ideal.reconfigurable,
      cyclesStandard: cost.standard.total, cyclesReconfigurable: cost.reconfigurable.total,
      utilization: cost.utilization, cyclesStandardSequential: cost.standardSequential.total,
      cyclesReconfigurableSequential: cost.reconfigurableSequential.total,
      units: .init(
        standard: cost.standard, reconfigurable: cost.reconfigurable, standardSequential: cost.standardSequential,
        reconfigurableSequential: cost.reconfigurableSequential))
  }
}

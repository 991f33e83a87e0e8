import Presentation

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

  package init(layers: [Layer]) {
    self.layers = layers
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
}

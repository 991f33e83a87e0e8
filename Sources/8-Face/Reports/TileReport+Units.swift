extension TileReport {
  /// What the units of the accelerator did during a layer, in cycles.
  package struct Units: Codable, Hashable, Sendable {
    /// One unit's cycles; they sum up to the layer's.
    package struct Unit: Codable, Hashable, Sendable {
      package var busy: Int
      /// Waiting for another unit: for what it delivers, or for the room that it leaves.
      package var stall: Int
      /// No work: while the layer is set up, and after the unit's last tile.
      package var idle: Int

      package init(busy: Int = 0, stall: Int = 0, idle: Int = 0) {
        self.busy = busy
        self.stall = stall
        self.idle = idle
      }
    }

    package struct Run: Codable, Hashable, Sendable {
      /// The DMA that reads inputs and weights.
      package var load: Unit
      /// The multipliers.
      package var compute: Unit
      /// The requantizer and the DMA that writes outputs.
      package var store: Unit

      package init(load: Unit = Unit(), compute: Unit = Unit(), store: Unit = Unit()) {
        self.load = load
        self.compute = compute
        self.store = store
      }
    }

    /// With double buffering.
    package var standard: Run
    package var reconfigurable: Run
    /// Without.
    package var standardSequential: Run
    package var reconfigurableSequential: Run

    package init(
      standard: Run = Run(), reconfigurable: Run = Run(), standardSequential: Run = Run(),
      reconfigurableSequential: Run = Run()
    ) {
      self.standard = standard
      self.reconfigurable = reconfigurable
      self.standardSequential = standardSequential
      self.reconfigurableSequential = reconfigurableSequential
    }
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
          + [run.load, run.compute, run.store].flatMap { [.integer($0.busy), .integer($0.stall)] }
          + [.integer(layer.cyclesReconfigurableSequential)])
    }
    func sum(_ unit: KeyPath<Units.Run, Units.Unit>, _ cycles: KeyPath<Units.Unit, Int>) -> TableCell {
      .integer(layers.reduce(0) { $0 + $1.units.reconfigurable[keyPath: unit][keyPath: cycles] })
    }
    table.setTotals([
      .text("total"), sum(\.load, \.busy), sum(\.load, \.stall), sum(\.compute, \.busy), sum(\.compute, \.stall),
      sum(\.store, \.busy), sum(\.store, \.stall), .integer(totals.cyclesReconfigurableSequential),
    ])
    return table
  }
}

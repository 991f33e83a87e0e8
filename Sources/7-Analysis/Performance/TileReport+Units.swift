import CycleSimulator
import Presentation

extension TileReport {
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

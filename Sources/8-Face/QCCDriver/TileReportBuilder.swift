import CycleSimulator
import Reports
import Schedule
import Targets

/// What the accelerated layers of a network cost.
package struct TileReportBuilder {
  package let schedule: Schedule
  package let model: CostModel

  package init(_ schedule: Schedule, model: CostModel) {
    self.schedule = schedule
    self.model = model
  }

  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths.
  package func report() throws -> TileReport {
    var layers: [TileReport.Layer] = []
    for layer in schedule.layers {
      let cost = try LayerCost(of: layer.shape, nest: layer.nest, on: schedule.accelerator, model: model)
      layers.append(
        TileReport.Layer(
          name: layer.name, engine: cost.engine.publishedName, mode: cost.mode.name, tiles: cost.tiles,
          macs: cost.macs,
          idealStandard: cost.ideal.standard, idealReconfigurable: cost.ideal.reconfigurable,
          cyclesStandard: cost.standard.total, cyclesReconfigurable: cost.reconfigurable.total,
          utilization: cost.utilization, cyclesStandardSequential: cost.standardSequential.total,
          cyclesReconfigurableSequential: cost.reconfigurableSequential.total,
          units: .init(
            standard: .init(cost.standard), reconfigurable: .init(cost.reconfigurable),
            standardSequential: .init(cost.standardSequential),
            reconfigurableSequential: .init(cost.reconfigurableSequential))))
    }
    return TileReport(layers: layers)
  }
}

extension TileReport.Units.Run {
  fileprivate init(_ cycles: SimulatedCycles) {
    func unit(_ unit: SimulatedCycles.Unit) -> TileReport.Units.Unit {
      .init(busy: unit.busy, stall: unit.stalled, idle: unit.idle)
    }
    self.init(load: unit(cycles.load), compute: unit(cycles.compute), store: unit(cycles.store))
  }
}

import CycleSimulator
import Schedule
import Targets

extension TileReport {
  /// What the accelerated layers of a network cost.
  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths.
  package init(_ schedule: Schedule, model: CostModel) throws {
    self.init(
      layers: try schedule.layers.map { layer in
        Layer(
          name: layer.name,
          cost: try LayerCost(of: layer.shape, nest: layer.nest, on: schedule.accelerator, model: model))
      })
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

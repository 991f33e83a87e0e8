import CycleSimulator
import IntegerProgram
import Reports
import Targets

/// What the accelerated layers of a program cost.
package struct TileReportBuilder {
  package let program: IntegerProgram
  package let target: Accelerator
  package let model: CostModel

  package init(_ program: IntegerProgram, on target: Accelerator, model: CostModel) {
    self.program = program
    self.target = target
    self.model = model
  }

  /// - Throws: `Diagnostic` where no mode of the target holds a layer's widths.
  package func report() throws -> TileReport {
    var layers: [TileReport.Layer] = []
    for case .linear(let linear) in program.instructions {
      let cost = try LayerCost(of: linear.shape, plan: linear.plan, on: target, model: model)
      layers.append(
        TileReport.Layer(
          name: linear.name, engine: cost.engine.rawValue, mode: cost.mode.name, tiles: cost.tiles, macs: cost.macs,
          idealStandard: cost.ideal.standard, idealReconfigurable: cost.ideal.reconfigurable,
          cyclesStandard: cost.standard.total, cyclesReconfigurable: cost.reconfigurable.total,
          utilization: cost.utilization))
    }
    return TileReport(layers: layers)
  }
}

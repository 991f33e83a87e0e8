import Compiler
import Performance
import QIR
import QTools

extension QuantizeReport.Row {
  /// What widths come to.
  package init(bits: Int, _ report: QuantizeReport, _ compilation: Compilation) throws {
    let totals = try TileReport(compilation.schedule, model: .stated).totals
    let float = compilation.model.graph.bitsInFloat
    self.init(
      bits: bits, metric: report.metric, agreement: report.agreement, outputSqnr: report.outputSqnr,
      totalBits: report.bits, remaining: Double(report.bits) / Double(float), tiles: totals.tiles,
      idealSpeedup: totals.speedup, cycles: totals.cyclesReconfigurable,
      energy: try EnergyReport(compilation).hardwareTotal)
  }
}

extension Graph {
  /// Of the same parameters, maps and inputs in 32 bits.
  fileprivate var bitsInFloat: Int {
    nodes.reduce(0) { sum, node in
      let map = node.op is QuantizeOp || node.op is InputOp ? node.shape.elements : 0
      return sum + 32 * (map + node.op.parameters.reduce(0) { $0 + $1.parameter.elements })
    }
  }
}

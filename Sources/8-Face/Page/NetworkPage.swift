import GraphDrawing
import Lowering
import Performance
import QTools
import Statistics

/// What `qcc report` shows of a compiled network on one page.
package struct NetworkPage: Sendable {
  package var name: String
  /// The model's file, without its folder.
  package var file: String
  package var target: String
  package var targetSummary: String
  package var summary: SummaryReport
  package var tiles: TileReport
  package var energy: EnergyReport
  package var drawing: NetworkDrawing
  /// One per engine that runs a layer.
  package var rooflines: [Roofline]
  package var proofs: [LoweredNetwork.Proof]
  package var accumulators: [AccumulatorType]
  package var tensors: [TensorType]

  package init(
    name: String, file: String, target: String, targetSummary: String, summary: SummaryReport, tiles: TileReport,
    energy: EnergyReport, drawing: NetworkDrawing, rooflines: [Roofline], proofs: [LoweredNetwork.Proof],
    accumulators: [AccumulatorType],
    tensors: [TensorType]
  ) {
    self.name = name
    self.file = file
    self.target = target
    self.targetSummary = targetSummary
    self.summary = summary
    self.tiles = tiles
    self.energy = energy
    self.drawing = drawing
    self.rooflines = rooflines
    self.proofs = proofs
    self.accumulators = accumulators
    self.tensors = tensors
  }
}

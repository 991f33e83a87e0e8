/// The accumulators of an instruction: what they can reach, whatever the input.
package struct AccumulatorType: Sendable {
  package var layer: String
  /// `2DConv`, `DWConv`, `FC`; nil for sums and pooling.
  package var engine: String?
  /// Widths of the operands, in bits; nil for sums and pooling.
  package var activationBits: Int?
  package var weightBits: Int?
  package var lowest: Int64
  package var highest: Int64
  /// `s19`
  package var type: String
  /// Its width.
  package var bits: Int
  /// The width that QTools gives the layer's accumulator without looking at the weights; nil where it gives none.
  package var estimatedBits: Int?
}

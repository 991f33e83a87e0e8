/// A tensor of the program: value = scale x (code - zero point).
package struct TensorType: Sendable {
  package var name: String
  package var shape: [Int]
  /// How codes are stored: `s8`
  package var type: String
  /// Every code there can be.
  package var lowest: Int64
  package var highest: Int64
  package var zeroPoint: Int64
  /// One, or one per channel.
  package var scales: [Double]
}

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

/// The class that colours what belongs to an engine.
func engineClass(_ engine: String?) -> String {
  switch engine {
  case "2DConv": "conv"
  case "DWConv": "depthwise"
  case "FC": "dense"
  default: "other"
  }
}

extension String {
  /// The last name of a path.
  var fileName: String { split(separator: "/").last.map(String.init) ?? self }
}

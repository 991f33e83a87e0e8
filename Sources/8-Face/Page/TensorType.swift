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

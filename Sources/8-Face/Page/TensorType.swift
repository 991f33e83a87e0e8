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

  package init(
    name: String, shape: [Int], type: String, lowest: Int64, highest: Int64, zeroPoint: Int64, scales: [Double]
  ) {
    self.name = name
    self.shape = shape
    self.type = type
    self.lowest = lowest
    self.highest = highest
    self.zeroPoint = zeroPoint
    self.scales = scales
  }
}

/// How a framework computes a quantizer in floating point: what it rounds beside the quantizer's functions and steps.
package struct QuantizerArithmetic: Sendable {
  /// Roundings on the way to the position in steps.
  package var roundings: Int
  /// They happen to numbers of |argument| + this size, as in 0.5 x + 0.5.
  package var offset: Double

  package init(roundings: Int = 4, offset: Double = 0) {
    self.roundings = roundings
    self.offset = offset
  }

  /// 0.5 x + 0.5 on the way, which rounds at 1.
  package static let hardSigmoid = QuantizerArithmetic(offset: 1)
}

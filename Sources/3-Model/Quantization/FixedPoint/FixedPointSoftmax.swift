import Numbers

/// Softmax of codes of 8 bits in integers, as TensorFlow Lite's reference kernel computes it
/// (tensorflow/lite/kernels/internal/reference/softmax.h): results count 1/256.
package struct FixedPointSoftmax: Hashable, Sendable {
  /// Of the codes.
  package let scale: Double
  /// What they are multiplied by before.
  package let beta: Double
  /// By how far a code lies below the largest: e to the power of that, without integer bits; 0 where it is too far to count.
  package let exponentials: [Int64]

  /// Sums of more would not fit.
  package static let mostNumbers = 4095

  /// - Parameters:
  ///   - scale, beta: above zero, their product below 2^5.
  package init(scale: Double, beta: Double) {
    self.scale = scale
    self.beta = beta
    let factor = FixedPointMultiplier(min(beta * scale * 0x1p26, 0x1p31 - 1))
    let farthest = Int64((31 * 0x1p26 / Double(sign: .plus, exponent: factor.shift, significand: 1)).rounded(.down))
    exponentials = (0...255).map { difference in
      difference <= farthest ? GemmlowpArithmetic.exponential(factor.roundedTwice(-difference)) : 0
    }
  }

  /// Of codes given by how far each lies below the largest, 0...255.
  package func callAsFunction(_ differences: [Int]) -> [Int64] {
    let powers = differences.map { exponentials[$0] }
    let sum = powers.reduce(0) { $0 + GemmlowpArithmetic.divided($1, byPowerOfTwo: 12) }
    let (inverse, shift) = Self.inverse(ofSum: sum)
    return powers.map {
      min(GemmlowpArithmetic.divided(GemmlowpArithmetic.product(inverse, $0), byPowerOfTwo: shift), 255)
    }
  }

  /// 1 / sum, of a sum with 12 integer bits and at least 1, and by how much products with it are to be shifted to count 1/256.
  static func inverse(ofSum sum: Int64) -> (inverse: Int64, shift: Int) {
    let room = sum.leadingZeroBitCount - 32
    return (GemmlowpArithmetic.inverseOfOnePlus(sum << Int64(room) - 1 << 31), 12 - room + 23)
  }
}

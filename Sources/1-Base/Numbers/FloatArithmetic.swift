/// What arithmetic in a floating-point format may change. With u = 2^-precision, k roundings one after another change a number
/// by at most g(k) = k u / (1 - k u) of itself (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1).
package struct FloatArithmetic: Sendable, Hashable {
  /// Bits of a significand, the leading one among them.
  package let precision: Int
  /// 2^-precision
  @usableFromInline
  let unit: Double

  private init(precision: Int) {
    self.precision = precision
    unit = Double(sign: .plus, exponent: -precision, significand: 1)
  }

  package static let half = FloatArithmetic(precision: 11)
  package static let single = FloatArithmetic(precision: 24)
  package static let double = FloatArithmetic(precision: 53)

  /// g(count)
  @inlinable
  package func roundings(_ count: Int) -> Double {
    let part = Double(count) * unit
    return part / (1 - part)
  }

  /// How far from a number the nearest one of the format may be: not at all where it is one of them.
  package func error(ofHolding value: Double) -> Double {
    value == 0 || value.significandWidth < precision ? 0 : roundings(1) * abs(value)
  }
}

extension [Float] {
  /// Whether all are; without a branch per number.
  package var areFinite: Bool {
    let exponent: UInt32 = 0x7f80_0000
    var largest: UInt32 = 0
    for value in self { largest = Swift.max(largest, value.bitPattern & exponent) }
    return largest != exponent
  }
}

import Numbers

/// Which of the two integers next to a number it becomes.
package enum Rounding: Sendable, Hashable {
  /// The nearest; in the middle the even one, the one away from zero, the one towards zero.
  case halfEven, halfAwayFromZero, halfTowardZero
  /// Always the lower, the upper, the one away from zero, the one towards zero.
  case floor, ceiling, awayFromZero, towardZero
  /// To a multiple of 2^-bits, halves up, and that to the nearest integer, halves away from zero; halves up alone where there are no
  /// bits (TensorFlow Lite's `MultiplyByQuantizedMultiplier`).
  case twice(bits: Int)

  package func callAsFunction(_ value: Double) -> Double {
    switch self {
    case .halfEven: value.rounded(.toNearestOrEven)
    case .halfAwayFromZero: value.rounded(.toNearestOrAwayFromZero)
    case .halfTowardZero:
      abs(value - value.rounded(.towardZero)) == 0.5 ? value.rounded(.towardZero) : value.rounded(.toNearestOrEven)
    case .floor: value.rounded(.down)
    case .ceiling: value.rounded(.up)
    case .awayFromZero: value.rounded(.awayFromZero)
    case .towardZero: value.rounded(.towardZero)
    case .twice(let bits):
      (((value * Double(sign: .plus, exponent: bits, significand: 1)) + 0.5).rounded(.down)
        * Double(sign: .plus, exponent: -bits, significand: 1)).rounded(.toNearestOrAwayFromZero)
    }
  }

  /// Whether all but halves become the nearest integer.
  var isToNearest: Bool {
    switch self {
    case .halfEven, .halfAwayFromZero, .halfTowardZero: true
    case .floor, .ceiling, .awayFromZero, .towardZero, .twice: false
    }
  }

  /// Whether numbers next to this one on either side become different integers.
  func isBoundary(_ value: Rational) -> Bool {
    let half = Rational.powerOfTwo(-1)
    switch self {
    case .halfEven, .halfAwayFromZero, .halfTowardZero: return !value.isInteger && (value * 2).isInteger
    case .floor, .ceiling, .awayFromZero, .towardZero: return value.isInteger
    case .twice(let bits):
      return (value + half + (value.sign < 0 ? -Self.moved(bits) : Self.moved(bits))).isInteger
    }
  }

  /// How far rounding twice moves what rounding halves up does: up, and down below zero.
  package static func moved(_ bits: Int) -> Rational { bits > 0 ? .powerOfTwo(-bits - 1) : .zero }

  package func callAsFunction(_ value: Rational) -> BigInteger {
    let half = Rational.powerOfTwo(-1)
    return switch self {
    case .halfEven: value.roundedHalfEven
    case .floor: value.floor
    case .ceiling: value.ceiling
    case .halfAwayFromZero: value.sign < 0 ? (value - half).ceiling : (value + half).floor
    case .halfTowardZero: value.sign < 0 ? (value + half).floor : (value - half).ceiling
    case .awayFromZero: value.sign < 0 ? value.floor : value.ceiling
    case .towardZero: value.sign < 0 ? value.ceiling : value.floor
    case .twice(let bits):
      Rounding.halfAwayFromZero(
        Rational((value * .powerOfTwo(bits) + half).floor) * .powerOfTwo(-bits))
    }
  }
}

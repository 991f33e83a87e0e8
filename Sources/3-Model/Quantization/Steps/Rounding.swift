import BigInt
import Numbers

/// Which of the two integers next to a number it becomes.
package enum Rounding: Sendable, Equatable {
  /// The nearest; in the middle the even one, the one away from zero, the one towards zero.
  case halfEven, halfAwayFromZero, halfTowardZero
  /// Always the lower, the upper, the one away from zero, the one towards zero.
  case floor, ceiling, awayFromZero, towardZero

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
    }
  }

  /// Whether all but halves become the nearest integer.
  var isToNearest: Bool {
    switch self {
    case .halfEven, .halfAwayFromZero, .halfTowardZero: true
    case .floor, .ceiling, .awayFromZero, .towardZero: false
    }
  }

  /// Whether numbers next to this one on either side become different integers.
  func isBoundary(_ value: Rational) -> Bool {
    isToNearest ? !value.isInteger && (value * 2).isInteger : value.isInteger
  }

  package func callAsFunction(_ value: Rational) -> BigInt {
    let half = Rational.powerOfTwo(-1)
    return switch self {
    case .halfEven: value.roundedHalfEven
    case .floor: value.floor
    case .ceiling: value.ceiling
    case .halfAwayFromZero: value.sign < 0 ? (value - half).ceiling : (value + half).floor
    case .halfTowardZero: value.sign < 0 ? (value + half).floor : (value - half).ceiling
    case .awayFromZero: value.sign < 0 ? value.floor : value.ceiling
    case .towardZero: value.sign < 0 ? value.ceiling : value.floor
    }
  }
}

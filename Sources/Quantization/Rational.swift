import BigInt

/// An exact fraction. The constants of a model are binary floating-point numbers, so common powers of two are all that is
/// cancelled: it keeps numbers short without a greatest common divisor in every step.
package struct Rational: Sendable {
  package let numerator: BigInt
  /// Positive.
  package let denominator: BigInt

  package init(_ numerator: BigInt, over denominator: BigInt = 1) {
    precondition(denominator.signum() != 0, "a fraction's denominator is not zero")
    let negative = denominator.signum() < 0
    var top = negative ? -numerator : numerator
    var bottom = negative ? -denominator : denominator
    if !bottom.magnitude.isOdd {
      let twos =
        top.signum() == 0 ? bottom.trailingZeroBitCount : min(top.trailingZeroBitCount, bottom.trailingZeroBitCount)
      top >>= twos
      bottom >>= twos
    }
    self.numerator = top
    self.denominator = bottom
  }

  package init(_ integer: Int64) {
    numerator = BigInt(integer)
    denominator = 1
  }

  /// The exact value of a finite double.
  package init(_ value: Double) {
    precondition(value.isFinite, "only finite numbers are fractions")
    guard value != 0 else {
      self.init(Int64(0))
      return
    }
    // An integer significand times a power of two.
    let width = Double.significandBitCount
    let significand = BigInt(Int64(value.significand * Double(sign: .plus, exponent: width, significand: 1)))
    let exponent = Int(value.exponent) - width
    let signed = value.sign == .minus ? -significand : significand
    if exponent >= 0 {
      self.init(signed << exponent)
    } else {
      self.init(signed, over: BigInt(1) << -exponent)
    }
  }

  package init(_ value: Float) { self.init(Double(value)) }

  package static func powerOfTwo(_ exponent: Int) -> Rational {
    exponent >= 0 ? Rational(BigInt(1) << exponent) : Rational(1, over: BigInt(1) << -exponent)
  }

  package var sign: Int { Int(numerator.signum()) }
  package var isInteger: Bool { denominator == 1 || (numerator % denominator).signum() == 0 }
  package var magnitude: Rational { Rational(BigInt(numerator.magnitude), over: denominator) }

  /// The largest integer that is not larger.
  package var floor: BigInt {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    return remainder.signum() < 0 ? quotient - 1 : quotient
  }

  /// The smallest integer that is not smaller.
  package var ceiling: BigInt { -(Rational(-numerator, over: denominator).floor) }

  /// The nearest integer, ties to the even one.
  package var roundedHalfEven: BigInt {
    let doubled = Rational(numerator * 2 + denominator, over: denominator * 2)
    let up = doubled.floor
    let isTie = doubled.isInteger
    return isTie && up.magnitude.isOdd ? up - 1 : up
  }

  /// The nearest double.
  package var double: Double {
    guard sign != 0 else { return 0 }
    let shift = 66 - (numerator.magnitude.bitWidth - denominator.magnitude.bitWidth)
    let top = shift >= 0 ? numerator.magnitude << shift : numerator.magnitude
    let bottom = shift >= 0 ? denominator.magnitude : denominator.magnitude << -shift
    let (quotient, remainder) = top.quotientAndRemainder(dividingBy: bottom)
    var bits = UInt128(0)
    for word in quotient.words.reversed() { bits = bits << 64 | UInt128(word) }
    if remainder != 0 { bits |= 1 }
    let value = Double(bits) * Double(sign: .plus, exponent: max(-shift, -1000), significand: 1)
    let scaled = -shift < -1000 ? value * Double(sign: .plus, exponent: -shift + 1000, significand: 1) : value
    return sign < 0 ? -scaled : scaled
  }
}

extension BigUInt {
  fileprivate var isOdd: Bool { words.first.map { $0 & 1 == 1 } ?? false }
}

extension Rational: Comparable {
  package static func == (left: Rational, right: Rational) -> Bool {
    left.numerator * right.denominator == right.numerator * left.denominator
  }

  package static func < (left: Rational, right: Rational) -> Bool {
    left.numerator * right.denominator < right.numerator * left.denominator
  }
}

extension Rational {
  package static func + (left: Rational, right: Rational) -> Rational {
    if left.denominator == right.denominator {
      return Rational(left.numerator + right.numerator, over: left.denominator)
    }
    return Rational(
      left.numerator * right.denominator + right.numerator * left.denominator,
      over: left.denominator * right.denominator)
  }

  package static prefix func - (value: Rational) -> Rational { Rational(-value.numerator, over: value.denominator) }

  package static func - (left: Rational, right: Rational) -> Rational { left + -right }

  package static func * (left: Rational, right: Rational) -> Rational {
    Rational(left.numerator * right.numerator, over: left.denominator * right.denominator)
  }

  package static func / (left: Rational, right: Rational) -> Rational {
    Rational(left.numerator * right.denominator, over: left.denominator * right.numerator)
  }

  package static let zero = Rational(Int64(0))
  package static let one = Rational(Int64(1))
}

extension Rational: CustomStringConvertible {
  package var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}

/// An exact fraction: top / bottom x 2^exponent. The constants of a model are binary floating-point numbers, so powers of two
/// stand apart, and nothing else is cancelled but from long sums: numbers stay short without a greatest common divisor in
/// every step.
package struct Rational: Sendable, CustomStringConvertible {
  private let top: BigInteger
  /// Positive.
  private let bottom: BigInteger
  private let exponent: Int

  /// How a number is written, of which there are many ways: the same calculation writes it the same way.
  package struct Form: Hashable, Sendable {
    private let top: BigInteger
    private let bottom: BigInteger
    private let exponent: Int

    fileprivate init(_ number: Rational) {
      (top, bottom, exponent) = (number.top, number.bottom, number.exponent)
    }
  }

  package var form: Form { Form(self) }

  private init(top: BigInteger, bottom: BigInteger, exponent: Int) {
    self.top = top
    self.bottom = bottom
    self.exponent = exponent
  }

  package init(_ numerator: BigInteger, over denominator: BigInteger) {
    precondition(!denominator.isZero, "a fraction's denominator is not zero")
    let twos = denominator.trailingZeroBitCount
    let isNegative = denominator.signum() < 0
    top = isNegative ? -numerator : numerator
    bottom = denominator.magnitude >> twos
    exponent = -twos
  }

  package init(_ integer: BigInteger) {
    self.init(top: integer, bottom: 1, exponent: 0)
  }

  package init(_ integer: Int64) {
    self.init(top: BigInteger(word: integer), bottom: 1, exponent: 0)
  }

  /// The exact value of a finite double.
  package init(_ value: Double) {
    precondition(value.isFinite, "only finite numbers are fractions")
    guard value != 0 else {
      self = .zero
      return
    }
    let width = value.significandWidth
    // An odd integer times a power of two.
    let significand = Int64(value.significand * Double(sign: .plus, exponent: width, significand: 1))
    self.init(
      top: BigInteger(word: value.sign == .minus ? -significand : significand), bottom: 1,
      exponent: Int(value.exponent) - width)
  }

  package init(_ value: Float) { self.init(Double(value)) }

  package static func powerOfTwo(_ exponent: Int) -> Rational {
    Rational(top: 1, bottom: 1, exponent: exponent)
  }

  /// In lowest terms as far as powers of two go.
  private var parts: (numerator: BigInteger, denominator: BigInteger) {
    guard !top.isZero else { return (0, 1) }
    let twos = top.trailingZeroBitCount
    let power = exponent + twos
    let odd = top >> twos
    return power >= 0 ? (odd << power, bottom) : (odd, bottom << -power)
  }

  /// Without common powers of two with the denominator.
  package var numerator: BigInteger { parts.numerator }
  /// Positive.
  package var denominator: BigInteger { parts.denominator }

  /// The least n with denominator 2^n; nil where the denominator is no power of two.
  package var binaryPlaces: Int? {
    guard !top.isZero else { return 0 }
    return bottom.isOne ? max(0, -exponent - top.trailingZeroBitCount) : nil
  }

  /// nil where float32 does not hold it exactly.
  package var float: Float? {
    let nearest = Float(double)
    return nearest.isFinite && Rational(nearest) == self ? nearest : nil
  }

  package var sign: Int { top.signum() }
  package var magnitude: Rational { Rational(top: top.magnitude, bottom: bottom, exponent: exponent) }

  /// A power of two above the magnitude; at most four times that.
  package var exponentBound: Int { top.bitWidth - bottom.bitWidth + 1 + exponent }

  package var isInteger: Bool {
    let (numerator, denominator) = parts
    return denominator.isOne || (numerator % denominator).isZero
  }

  /// The integer that it is; nil where it is none, or 64 bits do not hold it.
  package var int64: Int64? { isInteger ? floor.int64 : nil }

  /// Both numbers' numerators over one denominator, which is positive.
  package func overCommonDenominator(
    with other: Rational
  ) -> (numerator: BigInteger, other: BigInteger, denominator: BigInteger) {
    // A zero's power of two says nothing.
    let power = min(sign == 0 ? other.exponent : exponent, other.sign == 0 ? exponent : other.exponent)
    var first = sign == 0 ? 0 : top << (exponent - power)
    var second = other.sign == 0 ? 0 : other.top << (other.exponent - power)
    var denominator = bottom
    if bottom != other.bottom {
      first *= other.bottom
      second *= bottom
      denominator *= other.bottom
    }
    if power > 0 { return (first << power, second << power, denominator) }
    return (first, second, denominator << (-power))
  }

  /// floor(this x 2^bits) and whether that is all of it.
  package func scaled(by bits: Int) -> (floor: BigInteger, isExact: Bool) {
    let shift = exponent + bits
    let dividend = shift >= 0 ? top << shift : top
    let divisor = shift >= 0 ? bottom : bottom << -shift
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return (remainder.signum() < 0 ? quotient - 1 : quotient, remainder.isZero)
  }

  /// The largest integer that is not larger.
  package var floor: BigInteger { scaled(by: 0).floor }

  /// The smallest integer that is not smaller.
  package var ceiling: BigInteger { -(-self).floor }

  /// The nearest integer, ties to the even one.
  package var roundedHalfEven: BigInteger {
    // floor(2 v) says on which side of a half v lies; odd and exact is a tie.
    let (doubled, isExact) = scaled(by: 1)
    guard doubled.isOdd else { return doubled >> 1 }
    let floor = doubled >> 1
    return isExact && !floor.isOdd ? floor : floor + 1
  }

  /// The nearest double.
  package var double: Double { nearestDouble.value }

  /// The nearest double, and whether it is the number itself.
  package var nearestDouble: (value: Double, isExact: Bool) {
    guard sign != 0 else { return (0, true) }
    let shift = 66 - (top.bitWidth - bottom.bitWidth)
    let dividend = shift >= 0 ? top.magnitude << shift : top.magnitude
    let divisor = shift >= 0 ? bottom : bottom << -shift
    let (quotient, remainder) = divisor.isOne ? (dividend, 0) : dividend.quotientAndRemainder(dividingBy: divisor)
    // 67 bits at most, of which a word holds the higher ones. What was cut off decides ties.
    let whole = quotient.uint128 ?? .max
    let isCut = whole & 7 != 0 || !remainder.isZero
    let bits = UInt64(truncatingIfNeeded: whole >> 3) | (isCut ? 1 : 0)
    let power = exponent - shift + 3
    let value = Double(bits) * Double(sign: .plus, exponent: max(power, -1000), significand: 1)
    let scaled = power < -1000 ? value * Double(sign: .plus, exponent: power + 1000, significand: 1) : value
    let isExact = !isCut && UInt64(exactly: Double(bits)) == bits && (power >= -1000 || scaled.isNormal)
    return (sign < 0 ? -scaled : scaled, isExact && scaled.isFinite)
  }

  package static func + (left: Rational, right: Rational) -> Rational {
    guard left.sign != 0 else { return right }
    guard right.sign != 0 else { return left }
    let exponent = min(left.exponent, right.exponent)
    let first = left.top << (left.exponent - exponent)
    let second = right.top << (right.exponent - exponent)
    if left.bottom == right.bottom { return Rational(top: first + second, bottom: left.bottom, exponent: exponent) }
    // Sums of sums would double their length each time.
    var (leftBottom, rightBottom) = (left.bottom, right.bottom)
    if leftBottom.bitWidth + rightBottom.bitWidth > 254 {
      let shared = leftBottom.greatestCommonDivisor(with: rightBottom)
      (leftBottom, rightBottom) = (leftBottom / shared, rightBottom / shared)
    }
    return Rational(
      top: first * rightBottom + second * leftBottom, bottom: leftBottom * right.bottom, exponent: exponent)
  }

  package static prefix func - (value: Rational) -> Rational {
    Rational(top: -value.top, bottom: value.bottom, exponent: value.exponent)
  }

  package static func - (left: Rational, right: Rational) -> Rational { left + -right }

  package static func * (left: Rational, right: Rational) -> Rational {
    if left.isOne { return right }
    if right.isOne { return left }
    let (leftTop, rightBottom) = cancelled(left.top, right.bottom)
    let (rightTop, leftBottom) = cancelled(right.top, left.bottom)
    let bottom = leftBottom.isOne ? rightBottom : rightBottom.isOne ? leftBottom : leftBottom * rightBottom
    return Rational(top: leftTop * rightTop, bottom: bottom, exponent: left.exponent + right.exponent)
  }

  /// Written as such.
  private var isOne: Bool { exponent == 0 && bottom.isOne && top.isOne }

  /// Multiples of what they are divided by are met all the time: scales that come out of a product again.
  private static func cancelled(_ top: BigInteger, _ bottom: BigInteger) -> (top: BigInteger, bottom: BigInteger) {
    guard !bottom.isOne, !top.isZero else { return (top, bottom) }
    let (quotient, remainder) = top.quotientAndRemainder(dividingBy: bottom)
    return remainder.isZero ? (quotient, 1) : (top, bottom)
  }

  package static func / (left: Rational, right: Rational) -> Rational {
    precondition(right.sign != 0, "a fraction is not divided by zero")
    let inverse = Rational(right.bottom, over: right.top)
    return left * Rational(top: inverse.top, bottom: inverse.bottom, exponent: inverse.exponent - right.exponent)
  }

  package static let zero = Rational(0)
  package static let one = Rational(1)

  /// The largest number of which all are whole multiples; nil where all are zero.
  package static func unit(of numbers: some Sequence<Rational>) -> Rational? {
    numbers.reduce(nil) { unit, number in
      guard number.sign != 0 else { return unit }
      guard let unit else { return number.magnitude }
      let (first, second, denominator) = unit.overCommonDenominator(with: number)
      return Rational(first.greatestCommonDivisor(with: second), over: denominator)
    }
  }

  package var description: String { denominator.isOne ? "\(numerator)" : "\(numerator)/\(denominator)" }

  /// Reads `3`, `0.125`, `1e-3` (the nearest double, exactly) or `1/3`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let sides = text.split(separator: "/", omittingEmptySubsequences: false)
    if sides.count == 2, let top = BigInteger(String(sides[0])), let bottom = BigInteger(String(sides[1])),
      bottom.signum() > 0
    {
      self.init(top, over: bottom)
    } else if let integer = BigInteger(String(text)) {
      self.init(integer)
    } else if let double = Double(String(text)), double.isFinite {
      self.init(double)
    } else {
      return nil
    }
  }

  /// The shortest text that is read back as the same number: a decimal where a double has the value, else a fraction.
  package var text: String {
    if isInteger { return "\(floor)" }
    let nearest = double
    return nearest.isFinite && Rational(nearest) == self ? "\(nearest)" : description
  }
}

extension Rational: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int64) { self.init(value) }
}

extension Rational: Comparable {
  package static func == (left: Rational, right: Rational) -> Bool {
    left.form == right.form || (left - right).sign == 0
  }
  package static func < (left: Rational, right: Rational) -> Bool { (left - right).sign < 0 }
}

import Numbers
import Quantization

/// Numbers that float32 does not hold as two that it does: constants that a model has as codes times scales.
enum FloatPairs {
  /// Numbers as float32 numbers times one of them all; nil where float32 holds them as they are, or there is no such pair.
  static func factors(of numbers: [Rational]) -> (first: [Rational], second: Rational)? {
    guard numbers.contains(where: { $0.float == nil }) else { return nil }
    // The largest odd integer that divides the digits of them all.
    var common: UInt64 = 0
    for number in numbers where number.sign != 0 {
      let value = number.double
      guard Rational(value) == number else { return nil }
      let digits = value.significandBitPattern | 1 << 52
      common = greatestDivisor(common, digits >> UInt64(digits.trailingZeroBitCount))
    }
    let second = Rational(Int64(common))
    let first = numbers.map { $0 / second }
    guard common > 1, second.float != nil, first.allSatisfy({ $0.float != nil }) else { return nil }
    return (first, second)
  }

  /// One list of float32 numbers, or two that add up to the numbers; one that is not float32 where there are no such two.
  static func summands(of numbers: [Rational]) -> [[Rational]] {
    let floats = numbers.map { Float($0.double) }
    guard floats.allSatisfy(\.isFinite) else { return [numbers] }
    let first = floats.map { Rational($0) }
    let second = zip(numbers, first).map { $0 - $1 }
    guard second.contains(where: { $0.sign != 0 }), second.allSatisfy({ $0.float != nil }) else { return [numbers] }
    return [first, second]
  }

  private static func greatestDivisor(_ first: UInt64, _ second: UInt64) -> UInt64 {
    var (first, second) = (first, second)
    while second != 0 { (first, second) = (second, first % second) }
    return first
  }
}

/// Fixed-point numbers of 32 bits as gemmlowp has them (fixedpoint/fixedpoint.h), which TensorFlow Lite's reference kernels compute
/// with. A number of i integer bits is raw x 2^(i - 31).
package enum GemmlowpArithmetic {
  /// 1, as far as a number without integer bits holds it.
  static let one = Int64(Int32.max)

  /// `SaturatingRoundingDoublingHighMul`: the product of two numbers, halves up; integer bits add up. Only the square of the least
  /// number, which none here is, saturates.
  static func product(_ left: Int64, _ right: Int64) -> Int64 { (left * right + 1 << 30) >> 31 }

  /// `RoundingDivideByPOT`: halves away from zero.
  static func divided(_ number: Int64, byPowerOfTwo exponent: Int) -> Int64 {
    guard exponent > 0 else { return number }
    let half = Int64(1) << Int64(exponent - 1)
    return number < 0 ? -((-number + half) >> Int64(exponent)) : (number + half) >> Int64(exponent)
  }

  /// `SaturatingRoundingMultiplyByPOT` of positive exponents.
  static func multiplied(_ number: Int64, byPowerOfTwo exponent: Int) -> Int64 {
    (number << Int64(exponent)).clamped(to: Int64(Int32.min)...one)
  }

  /// `exp_on_negative_values` of a number of 5 integer bits, not above zero: of none.
  static func exponential(_ number: Int64) -> Int64 {
    guard number != 0 else { return one }
    let integerBits = 5
    // What is left of it above a multiple of -1/4.
    let places = 29 - integerBits
    let quarter = Int64(1) << Int64(places)
    let rest = number & (quarter - 1) - quarter
    var result = exponentialOfLastQuarter(multiplied(rest, byPowerOfTwo: integerBits))
    // e^-(2^k) for each k from -2 on.
    let factors: [Int64] = [1_672_461_947, 1_302_514_674, 790_015_084, 290_630_308, 39_332_535, 720_401, 242]
    for (place, factor) in factors.enumerated()
    where (rest - number) >> Int64(places + place) & 1 == 1 {
      result = product(result, factor)
    }
    return result
  }

  /// Of a number without integer bits from -1/4 up to 0: a Taylor polynomial around -1/8.
  private static func exponentialOfLastQuarter(_ number: Int64) -> Int64 {
    let middle: Int64 = 1_895_147_668
    let third: Int64 = 715_827_883
    let x = number + 1 << 28
    let square = product(x, x)
    let cube = product(square, x)
    let quarterOfFourth = divided(product(square, square), byPowerOfTwo: 2)
    let tail = divided(product(quarterOfFourth + cube, third) + square, byPowerOfTwo: 1)
    return middle + product(middle, x + tail)
  }

  /// `one_over_one_plus_x_for_x_in_0_1`, without integer bits: three steps of Newton's from the best line.
  static func inverseOfOnePlus(_ number: Int64) -> Int64 {
    let halfDenominator = (number + one + 1) / 2
    var x = 1_515_870_810 + product(halfDenominator, -1_010_580_540)
    for _ in 0..<3 {
      let rest = 1 << 29 - product(halfDenominator, x)
      x += multiplied(product(x, rest), byPowerOfTwo: 2)
    }
    return multiplied(x, byPowerOfTwo: 1)
  }
}

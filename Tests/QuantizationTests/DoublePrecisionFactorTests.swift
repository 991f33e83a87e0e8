import Numbers
import Quantization
import Testing

/// Products in double precision, rounded, beside exact ones.
@Suite struct DoublePrecisionFactorTests {
  /// Factors whose products are near to halves, next to none, and halves: 1/6 is below itself as a double, so that 3 times it becomes a half
  /// that it is not; 1/2 makes halves of both signs.
  @Test(
    arguments: [
      (0.0078125, 0.00390625, 0.00018310547), (1, 0.25, 0.5), (0.037, 0.0061, 0.052), (0.1, 0.1, 0.7),
    ] as [(Float, Float, Float)])
  func exactFactorRoundsAlike(_ scales: (Float, Float, Float)) throws {
    let factor = DoublePrecisionFactor(scales.0, times: scales.1, over: scales.2)
    let exact = try #require(factor.exactFactor(upTo: 2000))
    for integer in Int64(-10000)...10000 where abs(Double(integer) * factor.real) < 2000 {
      let product = (Double(integer) * factor.real).rounded(.toNearestOrAwayFromZero)
      #expect(Rounding.halfAwayFromZero(Rational(integer) * exact).int64 == Int64(product), "\(integer)")
    }
  }

  /// Three times 1/6 as a double is less than a half, and becomes one when it is rounded to a double.
  @Test func factorThatIsRoundedToAHalf() throws {
    let factor = DoublePrecisionFactor(1, times: 1, over: 6)
    #expect(3 * factor.real == 0.5 && Rational(factor.real) * Rational(3) < .powerOfTwo(-1))
    #expect(factor.exactFactor(upTo: 10) == Rational(1) / Rational(6))
  }
}

import Numbers
import Testing

@Suite struct NearestDoubleTests {
  /// A number is told from its nearest double, whatever way it is written.
  @Test func tellsWhetherADoubleIsTheNumber() {
    var random = SplitMix(seed: 11)
    for _ in 0..<20_000 {
      let numerator = Int64(bitPattern: random.next()) >> Int64(random.next() % 60)
      let denominator = Int64(random.next() % 48) + 1
      let factor = Int64(random.next() % 9) + 1
      let number =
        Rational(BigInteger(word: numerator) * BigInteger(word: factor), over: BigInteger(word: denominator * factor))
        * .powerOfTwo(Int(random.next() % 200) - 100)
      let (value, isExact) = number.nearestDouble
      #expect(isExact == (Rational(value) == number), "\(number)")
      let error = (Rational(value) - number).magnitude
      #expect(
        error <= (Rational(value.nextUp) - number).magnitude && error <= (Rational(value.nextDown) - number).magnitude)
    }
    #expect(Rational.zero.nearestDouble == (0, true))
    #expect(Rational.powerOfTwo(1023).nearestDouble == (0x1p1023, true))
    #expect(Rational.powerOfTwo(1024).nearestDouble == (.infinity, false))
    #expect(Rational.powerOfTwo(-1000).nearestDouble == (0x1p-1000, true))
    #expect(!Rational.powerOfTwo(-1100).nearestDouble.isExact)
  }
}

import Numbers
import Testing

@Suite struct EnclosureTests {
  @Test(arguments: [1.0, -3.5, 0, 12.25, -700, 0x1p-60]) func exponentials(_ x: Double) {
    for bits in [64, 200] {
      let (power, inverse) = (
        Enclosure.exponential(Rational(x), bits: bits), Enclosure.exponential(Rational(-x), bits: bits)
      )
      #expect(power.lower <= power.upper && power.lower.sign >= 0)
      // e^x e^-x is 1.
      #expect(power.lower * inverse.lower <= .one && power.upper * inverse.upper >= .one)
    }
  }

  @Test func moreBitsAreMoreDigits() {
    for bits in [40, 80, 300, 1200] {
      for value in [
        Enclosure.logistic(Rational(-0.7), bits: bits), Enclosure.softplus(Rational(3.3), bits: bits),
        Enclosure.errorFunction(Rational(1.9), bits: bits), Enclosure.tanhOfSoftplus(Rational(0.1), bits: bits),
        Enclosure.exponential(Rational(-5.1), bits: bits),
      ] {
        #expect(value.lower < value.upper && value.upper - value.lower <= .powerOfTwo(3 - bits))
      }
    }
  }
}

import BigInt
import Numbers
import Testing

/// Everything that `BigInteger` does, beside another implementation.
@Suite struct BigIntegerTests {
  private func number(_ peer: BigInt) throws -> BigInteger { try #require(BigInteger("\(peer)")) }

  /// Of up to ten words, many of which are all zeros or all ones: there carries and digits that were guessed too large are met.
  private func drawn(_ random: inout SplitMix) -> BigInt {
    var magnitude = BigInt(0)
    for _ in 0..<Int.random(in: 0...10, using: &random) {
      let word: UInt64 =
        switch Int.random(in: 0..<5, using: &random) {
        case 0: 0
        case 1: .max
        case 2: UInt64(1) << UInt64.random(in: 0..<64, using: &random)
        default: random.next()
        }
      magnitude = magnitude << 64 | BigInt(word)
    }
    magnitude >>= Int.random(in: 0..<64, using: &random)
    return Bool.random(using: &random) ? magnitude : -magnitude
  }

  @Test func arithmeticIsThatOfAnotherImplementation() throws {
    var random = SplitMix(seed: 1)
    for _ in 0..<4000 {
      let (left, right) = (drawn(&random), drawn(&random))
      let (first, second) = (try number(left), try number(right))
      #expect("\(first)" == "\(left)")
      #expect(try first + second == number(left + right))
      #expect(try first - second == number(left - right))
      #expect(try first * second == number(left * right))
      #expect(try -first == number(-left))
      #expect((first < second) == (left < right) && (first == second) == (left == right))
      #expect(first.signum() == Int(left.signum()) && first.bitWidth == left.magnitude.bitWidth)
      #expect(try first.greatestCommonDivisor(with: second) == number(left.greatestCommonDivisor(with: right)))
      if right != 0 {
        let (quotient, remainder) = first.quotientAndRemainder(dividingBy: second)
        let expected = left.quotientAndRemainder(dividingBy: right)
        #expect(try quotient == number(expected.quotient) && remainder == number(expected.remainder))
      }
      if right > 1 {
        #expect(try first.modulus(second) == number(left.modulus(right)))
        #expect(try first.inverse(second) == left.inverse(right).map(number))
      }
      let magnitude = left.magnitude
      #expect(try first.magnitude.squareRoot == number(BigInt(magnitude.squareRoot())))
    }
  }

  @Test func shiftsMultiplyAndDivideByPowersOfTwo() throws {
    var random = SplitMix(seed: 2)
    for _ in 0..<2000 {
      let peer = drawn(&random)
      let value = try number(peer)
      let bits = Int.random(in: 0...200, using: &random)
      let power = BigInt(2).power(bits)
      #expect(try value << bits == number(peer * power))
      #expect(try value >> bits == number((peer - peer.modulus(power)) / power))
      #expect(value.isOdd == (peer.modulus(2) == 1))
      #expect(peer == 0 || peer.modulus(BigInt(2).power(value.trailingZeroBitCount)) == 0)
      #expect(peer == 0 || peer.modulus(BigInt(2).power(value.trailingZeroBitCount + 1)) != 0)
    }
  }

  @Test func equalNumbersAreEqualHoweverTheyCameAbout() {
    let one = BigInteger(1)
    let long = (one << 400) + 5
    let back = long - (one << 400)
    #expect(back == 5 && back.hashValue == BigInteger(5).hashValue && Set([back, 5]).count == 1)
    #expect(long - long == 0 && (long - long).signum() == 0)
  }

  @Test(arguments: ["", "-", "+", "+-1", "--1", "1a", " 1", "0x1"]) func whatIsNoNumberIsNotRead(_ text: String) {
    #expect(BigInteger(text) == nil)
  }

  @Test func numbersAreReadWithASign() {
    #expect(BigInteger("+12") == 12 && BigInteger("-12") == -12 && BigInteger("-0") == 0)
  }
}

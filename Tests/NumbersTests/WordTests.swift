import Numbers
import Testing

@Suite struct WordTests {
  @Test(
    arguments: [
      "0", "1", "-1", "9223372036854775808", "-9223372036854775809", "-1267650600228229401496703205376",
      "85070591730234615865843651857942052869", "-170141183460469231731687303715884105727",
      "-170141183460469231731687303715884105728",
    ])
  func integersOf128Bits(_ digits: String) throws {
    let integer = try #require(Int128(digits))
    #expect(BigInteger(digits)?.int128 == integer)
  }

  @Test(arguments: ["170141183460469231731687303715884105728", "-170141183460469231731687303715884105729"])
  func whatDoesNotFitIsNoInteger(_ digits: String) throws {
    let number = try #require(BigInteger(digits))
    #expect(number.int128 == nil && number.int64 == nil && (number << 300).int128 == nil)
  }

  @Test(arguments: [Int64.min, -1, 0, 1, .max]) func integersOf64Bits(_ integer: Int64) {
    #expect(BigInteger(word: integer).int64 == integer)
    #expect(Rational(integer).int64 == integer)
    #expect((BigInteger(word: integer) + (BigInteger(1) << 64)).int64 == nil)
    #expect((Rational(integer) + .powerOfTwo(-1)).int64 == nil)
  }

  @Test func shiftsLoseNoBits() {
    for (integer, bits) in [(Int128(3), 125), (1, 126), (-1, 126), (Int128.min, 0)] {
      #expect(integer.shiftedLeft(by: bits).map { $0 >> Int128(bits) } == integer)
    }
    for (integer, bits) in [(Int128(3), 126), (1, 127), (-1, 200), (Int128.min, 1)] {
      #expect(integer.shiftedLeft(by: bits) == nil)
    }
  }

  @Test(arguments: [0, -1, Int64.min, .max]) func words(_ integer: Int64) {
    #expect(BigInteger(word: integer) == BigInteger("\(integer)"))
  }
}

import BigInt
import Numbers
import Testing

@Suite struct WordTests {
  @Test(
    arguments: [
      "0", "1", "-1", "9223372036854775808", "-9223372036854775809", "-1267650600228229401496703205376",
      "85070591730234615865843651857942052869", "-170141183460469231731687303715884105727",
    ])
  func integersOf128Bits(_ digits: String) throws {
    let integer = try #require(Int128(digits))
    #expect(BigInt(digits)?.int128 == integer)
  }

  @Test(arguments: [0, -1, Int64.min, .max]) func words(_ integer: Int64) {
    #expect(BigInt(word: integer) == BigInt(String(integer)))
  }
}

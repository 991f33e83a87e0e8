import BigInt
import IntegerProgram
import IntegerProgramTestSupport
import Numbers
import Testing

/// Requantizers against their definition in numbers without a width.
@Suite struct RequantizationTests {
  private func floorDivision(_ number: BigInt, _ divisor: BigInt) -> BigInt {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The code before clamping, as the definition says.
  private func code(_ affine: AffineRequantizer, _ accumulator: Int64) -> BigInt {
    let scaled = BigInt(accumulator) * BigInt(affine.multiplier) + BigInt(affine.addend)
    let divisor = BigInt(1) << affine.shift
    switch affine.rounding {
    case .floor:
      return floorDivision(scaled, divisor) + BigInt(affine.offset)
    case .halfEven:
      let lower = floorDivision(scaled, divisor)
      // Twice the distances to the neighbours.
      let (toLower, toUpper) = (2 * (scaled - lower * divisor), 2 * ((lower + 1) * divisor - scaled))
      let nearest = toLower < toUpper ? lower : toUpper < toLower ? lower + 1 : lower % 2 == 0 ? lower : lower + 1
      return nearest + BigInt(affine.offset)
    }
  }

  @Test func affineIsItsDefinition() {
    var random = SplitMix(seed: 7)
    for _ in 0..<20_000 {
      let shift = Int.random(in: 0...126, using: &random)
      let accumulator = Int64.random(in: -(1 << 40)...(1 << 40), using: &random)
      let multiplier =
        Bool.random(using: &random)
        ? Int64.random(in: -(1 << 50)...(1 << 50), using: &random) : 1 << Int64(max(0, min(62, shift - 3)))
      // Ties have to come up: addends with few low bits set.
      let addend = Int128.random(in: -256...256, using: &random) << Int128(max(0, min(115, shift - 2)))
      let affine = AffineRequantizer(
        multiplier: multiplier, addend: addend, shift: shift,
        rounding: Bool.random(using: &random) ? .floor : .halfEven,
        offset: Int64.random(in: -9...9, using: &random))
      let expected = code(affine, accumulator)
      // A program whose codes leave 64 bits is refused.
      guard expected.magnitude < BigUInt(1) << 62 else { continue }
      #expect(BigInt(affine(accumulator)) == expected, "\(affine) of \(accumulator)")
    }
  }

  @Test(arguments: [(5, 2), (7, 4), (-5, -2), (-7, -4), (6, 3), (4, 2), (3, 2), (1, 0), (-1, 0)])
  func halvesGoToTheEvenNeighbour(accumulator: Int64, code: Int64) {
    #expect(AffineRequantizer(multiplier: 1, addend: 0, shift: 1, rounding: .halfEven)(accumulator) == code)
  }

  @Test func tablesCountThresholds() {
    let table = ThresholdTable(thresholds: [-5, 0, 9], codes: [3, -1, 7, 2])
    for accumulator in Int64(-20)...20 {
      let passed = [-5, 0, 9].filter { $0 <= accumulator }.count
      #expect(table(accumulator) == [3, -1, 7, 2][passed])
    }
    #expect(ThresholdTable(thresholds: [], codes: [4])(0) == 4)
  }

  @Test(arguments: [
    (Int64(-32768)...32767, 1), (-32768...32768, 2), (-32769...0, 2), (0...65535, 2),
    (-2_147_516_416...2_147_450_879, 2), (0...2_147_450_880, 3), (-2_147_516_417...0, 3),
    (Int64.min...Int64.max, 5),
  ])
  func limbsHoldTheirRange(range: ClosedRange<Int64>, limbs: Int) {
    #expect(limbCount(of: range) == limbs)
  }
}

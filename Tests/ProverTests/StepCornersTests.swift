import Numbers
import Testing

@testable import Prover

@Suite struct StepCornersTests {
  /// Scales and shifts as networks have them, and such as only just fit.
  private func ideal(_ random: inout SplitMix) -> (IdealFunction.Affine, ClosedRange<Int64>) {
    func number(_ exponents: ClosedRange<Int>) -> Rational {
      let significand = Rational(Int64(random.next() % (1 << 24)) + 1)
      let exponent = exponents.lowerBound + Int(random.next() % UInt64(exponents.count))
      let sign: Rational = random.next() % 4 == 0 ? -1 : 1
      return sign * significand * .powerOfTwo(exponent)
    }
    let isPowerOfTwo = random.next() % 4 == 0
    let scale =
      isPowerOfTwo
      ? Rational.powerOfTwo(-Int(random.next() % 20)) * (random.next() % 2 == 0 ? 1 : -3)
      : number(-60 ... -24) / number(-30 ... -10).magnitude
    let shift = random.next() % 3 == 0 ? Rational(Int64(random.next() % 64)) * .powerOfTwo(-4) : number(-40 ... -14)
    let origin = Int64(random.next() % (1 << 24)) - 1 << 23
    let length = Int64(1) << Int64(random.next() % 24)
    let offset = Int64(random.next() % 300) - 150
    let clamp: ClosedRange<Int64> = random.next() % 2 == 0 ? -128...127 : offset...255 + offset
    return (.init(scale: scale, shift: shift, offset: offset, clamp: clamp), origin...origin + length)
  }

  /// What machine words say is what exact fractions say, and they leave next to nothing open.
  @Test func wordsSayWhatFractionsSay() throws {
    var random = SplitMix(seed: 5)
    var (decided, open) = (0, 0)
    for _ in 0..<4000 {
      let (ideal, accumulators) = ideal(&random)
      guard let positions = CutPositions(of: ideal, over: accumulators),
        let cut = StepCorners(ideal, accumulators: accumulators, positions: positions)
      else {
        let exact = StepCorners(
          ideal, accumulators: accumulators, positions: RisingPositions(of: ideal, over: accumulators))
        open += exact == nil ? 0 : 1
        continue
      }
      decided += 1
      let exact = try #require(
        StepCorners(ideal, accumulators: accumulators, positions: RisingPositions(of: ideal, over: accumulators)))
      #expect(cut.below == exact.below && cut.above == exact.above, "\(ideal) over \(accumulators)")
      #expect(cut.constant == exact.constant && cut.start == exact.start, "\(ideal) over \(accumulators)")
    }
    #expect(decided > 3000 && open < 40, "\(decided) decided, \(open) left open")
  }
}

import IntegerProgram
import Numbers
import Quantization
import Testing

@testable import Prover

@Suite struct RequantizationProofTests {
  /// Every accumulator in range, one by one, in exact arithmetic.
  private func expectExact(
    _ ideal: IdealFunction, _ range: ClosedRange<Int64>, mayBeTable: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let result = RequantizationProof(ideals: [ideal], accumulators: [range]).result
    #expect(result.unproved.isEmpty, sourceLocation: sourceLocation)
    if !mayBeTable, case .table = result.requantization.channels[0] {
      Issue.record("a table for \(ideal) on \(range)", sourceLocation: sourceLocation)
    }
    for accumulator in range {
      let wanted = ideal.code(of: accumulator)
      let found = result.requantization(accumulator, channel: 0)
      #expect(wanted == found, "\(ideal) at \(accumulator): \(result)", sourceLocation: sourceLocation)
      if wanted != found { return }
    }
  }

  private func uniform(_ step: Rational, zeroPoint: Int64, _ range: ClosedRange<Int64>) -> FeatureMapQuantizer {
    FeatureMapQuantizer(step: step, zeroPoint: zeroPoint, range: range)
  }

  /// Ties at the least accumulator, where scales have no end in binary or are smaller than any shift.
  @Test func tiesAtTheStartOfARange() {
    let scales = [
      Rational(1, over: 3), Rational(7, over: 30), Rational(-1, over: 3), Rational(3e-40), Rational(-3e-40),
    ]
    // Some of the ties lie between two codes, some at the ends of the codes and beyond them.
    for (scale, most) in scales.flatMap({ scale in ([3, 4, 7] as [Int64]).map { (scale, $0) } }) {
      let relu = uniform(1, zeroPoint: 0, 0...most)
      for half in -2..<9 {
        for range: ClosedRange<Int64> in [0...0, 0...20, -20...0] {
          let shift = Rational(BigInteger(word: Int64(2 * half + 1)), over: 2)
          let ideal = IdealFunction(scale: scale, shift: shift, functions: [], quantizer: relu)
          expectExact(ideal, range, mayBeTable: true)
        }
      }
    }
  }

  @Test func affineChannelsWithRandomConstants() {
    var random = SplitMix(seed: 2)
    for _ in 0..<80 {
      let bits = [2, 4, 8, 10].randomElement(using: &random) ?? 8
      let most = Int64(1) << Int64(bits)
      let width = Int64.random(in: 0...2000, using: &random)
      let low = Int64.random(in: -5000...1000, using: &random)
      let total = Double(most) / Double(width + 1) * Double.random(in: 0.05...4, using: &random)
      let sign = Bool.random(using: &random) ? 1.0 : -1
      let ideal = IdealFunction(
        scale: Rational(sign * total * 0.1), shift: Rational(Double.random(in: -30...30, using: &random)),
        functions: Bool.random(using: &random) ? [.relu] : [],
        quantizer: uniform(Rational(0.1), zeroPoint: Int64.random(in: 0..<most, using: &random), 0...(most - 1)))
      expectExact(ideal, low...(low + width))
    }
  }

  /// Rounding twice moves halves up above zero and down below it: one line where that lets one through, else a table.
  @Test(arguments: [0, 1, 3, 7]) func channelsRoundedTwice(_ bits: Int) {
    var random = SplitMix(seed: UInt64(bits))
    for _ in 0..<60 {
      let factor = Rational(
        BigInteger(word: .random(in: 1 << 20..<1 << 21, using: &random)), over: BigInteger(1) << (20 + bits))
      let zeroPoint = Int64.random(in: -128...127, using: &random)
      let least = Bool.random(using: &random) ? -128 : zeroPoint
      let steps = UniformSteps(
        gain: factor, zeroPoint: zeroPoint, clamp: least...127, rounding: .twice(bits: bits))
      let quantizer = FeatureMapQuantizer(
        steps: .uniform(steps), format: CodeFormat(scale: .one, zeroPoint: zeroPoint, range: least...127))
      let ideal = IdealFunction(
        scale: .one, shift: Rational(Int64.random(in: -500...500, using: &random)), functions: [], quantizer: quantizer)
      expectExact(ideal, -1000...Int64.random(in: -900...1000, using: &random), mayBeTable: true)
    }
  }

  /// Halves that go away from zero, on both sides of it.
  @Test func halvesAwayFromZero() {
    for pixels: Int64 in [1, 4, 6, 9, 25] {
      let steps = UniformSteps(gain: .one, bias: 3, clamp: -128...127, rounding: .halfAwayFromZero)
      let quantizer = FeatureMapQuantizer(
        steps: .uniform(steps), format: CodeFormat(scale: .one, zeroPoint: 3, range: -128...127))
      let ideal = IdealFunction(
        scale: Rational(1, over: BigInteger(word: Int64(pixels))), shift: -3, functions: [], quantizer: quantizer)
      expectExact(ideal, (-128 * pixels)...(127 * pixels), mayBeTable: true)
    }
  }

  /// Equal codes at both ends of a range say nothing of what lies between.
  @Test(arguments: [1, -1]) func levelsThatTurn(_ sign: Int64) {
    let steps = LevelSteps(
      thresholds: ([0, 2, 9, 30] as [Int64]).map { .init(Rational($0), isInclusive: $0 == 9) },
      codes: [256, 16, 64, 256, 1024])
    let ideal = IdealFunction(
      scale: Rational(sign), shift: Rational(1, over: 3), functions: [],
      quantizer: FeatureMapQuantizer(steps: .levels(steps), format: CodeFormat(scale: .one, range: 16...1024)))
    expectExact(ideal, -60...60, mayBeTable: true)
    expectExact(ideal, -20...20, mayBeTable: true)
  }

  /// Scales, shifts and steps of any size: what is proved is exact, and nothing overflows.
  @Test func extremeConstants() {
    var random = SplitMix(seed: 5)
    func number(_ exponents: ClosedRange<Int>) -> Rational {
      let significand = Rational(Double.random(in: 1...2, using: &random))
      let sign: Rational = Bool.random(using: &random) ? 1 : -1
      return sign * significand * .powerOfTwo(.random(in: exponents, using: &random))
    }
    var proved = 0
    for index in 0..<1500 {
      let exponents = [-10...10, -80...80, -260...260][index % 3]
      let width = Int64(1) << Int64.random(in: 0...61, using: &random)
      let low = Int64.random(in: -width...width, using: &random)
      let step = number(exponents).magnitude
      // A table has a threshold for every code, and each takes a search.
      let most = Int64(1) << (index % 5 == 0 ? 7 : 15)
      let ideal = IdealFunction(
        scale: index % 7 == 0 ? step * number(-4...4) : number(exponents), shift: number(exponents),
        functions: index % 5 == 0 ? [.leakyReLU(slope: .powerOfTwo(-3))] : [],
        quantizer: uniform(step, zeroPoint: Int64.random(in: -9...9, using: &random), -most...(most - 1)))
      let result = RequantizationProof(ideals: [ideal], accumulators: [low...(low + width - 1)]).result
      guard result.unproved.isEmpty else { continue }
      proved += 1
      let zero = ((-ideal.shift) / ideal.scale).floor.int64 ?? 0
      for accumulator in [low, low + width - 1, low + width / 2, zero, zero + 1]
      where (low..<low + width).contains(accumulator) {
        #expect(
          result.requantization(accumulator, channel: 0) == ideal.code(of: accumulator), "\(ideal) at \(accumulator)")
      }
    }
    #expect(proved > 1000, "\(proved)")
  }

  @Test func powersOfTwoRoundTiesToEven() {
    for shift in 1...6 {
      for offset in -3...3 {
        for sign in [1.0, -1] {
          let ideal = IdealFunction(
            scale: Rational(sign), shift: Rational(Double(offset)), functions: [],
            quantizer: uniform(.powerOfTwo(shift), zeroPoint: 3, -20...20))
          expectExact(ideal, -300...300)
        }
      }
    }
  }

  @Test func oddMultiplesOfPowersOfTwoRoundTiesToEven() {
    for multiple in [3.0, 5, 7, 11, 101] {
      let ideal = IdealFunction(
        scale: Rational(multiple / 64), shift: Rational(0.5), functions: [.relu],
        quantizer: uniform(Rational(0.25), zeroPoint: 0, 0...255))
      expectExact(ideal, -700...900)
    }
  }

  /// A tie where scale and shift have so many bits that the addend, which is negative, takes more than 64.
  @Test func tiesWithWideAddends() {
    let scale = Rational(Int64(1) << 60 + 1) * .powerOfTwo(-80)
    for tie: Int64 in [5 << 20 + 3, 9 << 20 + 1] {
      let ideal = IdealFunction(
        scale: scale, shift: .powerOfTwo(-1) - scale * Rational(tie), functions: [],
        quantizer: uniform(.one, zeroPoint: 0, -20...20))
      expectExact(ideal, (tie - 300)...(tie + 300))
    }
  }

  /// With a clamp that hides one sign no mode needs a table; with both signs those that look at the sign do.
  @Test(arguments: [
    Rounding.floor, .ceiling, .awayFromZero, .towardZero, .halfAwayFromZero, .halfTowardZero,
  ])
  func otherRoundingsThanHalfEven(rounding: Rounding) {
    var random = SplitMix(seed: 7)
    for clamp: ClosedRange<Int64> in [0...15, -16...0, -8...7] {
      for _ in 0..<12 {
        // Fractions whose lattice meets integers and halves, and others.
        let gains = [
          Rational(1, over: 12), Rational(3.0) * .powerOfTwo(-7),
          Rational(Float.random(in: 0.001...0.2, using: &random)),
        ]
        for gain in gains {
          let ideal = IdealFunction(
            scale: Bool.random(using: &random) ? gain : -gain,
            shift: Rational(Double(Int.random(in: -6...6, using: &random)) / 4),
            functions: [],
            quantizer: FeatureMapQuantizer(
              steps: .uniform(
                UniformSteps(
                  gain: .one, bias: Rational(Int64.random(in: -2...2, using: &random)), clamp: clamp, rounding: rounding
                )),
              format: CodeFormat(scale: .one, range: clamp)))
          expectExact(ideal, -700...700, mayBeTable: clamp == -8...7 && rounding != .floor && rounding != .ceiling)
        }
      }
    }
  }

  /// The mean of 36 codes has ties that no shift can round to even.
  @Test func tiesOfOtherFractionsTakeATable() {
    let ideal = IdealFunction(
      scale: Rational(1, over: 36), shift: .zero, functions: [], quantizer: uniform(.one, zeroPoint: 0, 0...15))
    expectExact(ideal, 0...(36 * 15), mayBeTable: true)
  }

  @Test func noTiesOfOddFractions() {
    let ideal = IdealFunction(
      scale: Rational(1, over: 49), shift: .zero, functions: [], quantizer: uniform(.one, zeroPoint: 0, 0...255))
    expectExact(ideal, 0...(49 * 255))
  }

  @Test func clipsBetweenAffineFunctionsBecomeClamps() {
    let ideal = IdealFunction(
      scale: Rational(0.013), shift: Rational(-1.5),
      functions: [.clip(lower: .zero, upper: Rational(6.0)), .affine(scale: Rational(-0.7), shift: Rational(1.1))],
      quantizer: uniform(Rational(0.05), zeroPoint: 60, 0...127))
    expectExact(ideal, -2000...2000)
  }

  @Test func bentChainsTakeTables() {
    let quantizer = uniform(Rational(0.125), zeroPoint: 0, -64...63)
    let curves = Curve.allCases.map { [RealFunction.curve($0)] }
    for functions: [RealFunction] in curves + [
      [.leakyReLU(slope: Rational(-0.25))], [.thresholdedReLU(threshold: Rational(-2.0), slope: .zero)],
      [.affine(scale: Rational(-1.5), shift: .one), .curve(.mish), .leakyReLU(slope: Rational(0.5))],
      [.leakyReLU(slope: Rational(0.25))], [.hardSwish(shift: Rational(3.0), upper: Rational(6.0))], [.sigmoid],
      [.tanh], [.thresholdedReLU(threshold: Rational(2.0), slope: Rational(0.25))],
      [.affine(scale: Rational(-2.0), shift: Rational(0.3)), .hardSwish(shift: Rational(3.0), upper: Rational(6.0))],
    ] {
      let ideal = IdealFunction(
        scale: Rational(0.01), shift: Rational(0.003), functions: functions, quantizer: quantizer)
      let range: ClosedRange<Int64> = -1500...1500
      let result = RequantizationProof(ideals: [ideal], accumulators: [range]).result
      #expect(result.unproved.isEmpty)
      for accumulator in range {
        let value = functions.reduce(0.01 * Double(accumulator) + 0.003) { $1($0) }
        let position = value / 0.125
        // Away from rounding boundaries double precision says what is right.
        guard abs(abs(position - position.rounded(.down)) - 0.5) > 1e-9 else { continue }
        #expect(
          result.requantization(accumulator, channel: 0) == quantizer.code(of: value), "\(functions) at \(accumulator)")
      }
    }
  }

  /// Boundaries between codes beside tanh(1), 1e-30 from it: doubles do not tell on which side it lies.
  @Test func valuesNextToBoundariesAreDecided() throws {
    let digits = try #require(BigInteger("761594155955764888119458282604"))
    let power = try #require(BigInteger("1" + String(repeating: "0", count: 30)))
    for (places, code) in [(digits, 1), (digits + 1, 0)] as [(BigInteger, Int64)] {
      let boundary = Rational(places, over: power)
      let ideal = IdealFunction(
        scale: .one, shift: .zero, functions: [.tanh],
        quantizer: FeatureMapQuantizer(
          steps: .levels(LevelSteps(thresholds: [.init(boundary, isInclusive: true)], codes: [0, 1])),
          format: CodeFormat(scale: .one, range: 0...1)))
      let result = RequantizationProof(ideals: [ideal], accumulators: [0...1]).result
      #expect(result.unproved.isEmpty && result.requantization(1, channel: 0) == code)
    }
  }

  /// Where accumulators are so close that several lie where a function may turn, nothing is said of it.
  @Test func turnsThatCannotBePlacedAreNotProved() {
    let ideal = IdealFunction(
      scale: .powerOfTwo(-60), shift: Rational(-1.278464542761074), functions: [.curve(.swish)],
      quantizer: uniform(Rational(0.125), zeroPoint: 0, -64...63))
    #expect(RequantizationProof(ideals: [ideal], accumulators: [-1000...1000]).result.unproved == [0])
  }

  @Test func wideAccumulatorsAreExactWhereTheyStep() {
    var random = SplitMix(seed: 5)
    for _ in 0..<20 {
      let range: ClosedRange<Int64> = -(1 << 35)...(1 << 35)
      let ideal = IdealFunction(
        scale: Rational(Double.random(in: 1e-7...3e-6, using: &random)),
        shift: Rational(Double.random(in: -9...9, using: &random)),
        functions: [],
        quantizer: uniform(Rational(Double.random(in: 0.5...1.5, using: &random)), zeroPoint: 32768, 0...65535))
      let result = RequantizationProof(ideals: [ideal], accumulators: [range]).result
      guard case .affine(let affine)? = result.requantization.channels.first else {
        Issue.record("no affine requantizer")
        continue
      }
      #expect(affine.shift <= 70)
      for _ in 0..<60 {
        // Around a random step of the ideal function.
        let middle = Int64.random(in: range, using: &random)
        var low = middle
        var high = min(middle + (1 << 28), range.upperBound)
        let code = ideal.code(of: low)
        while high - low > 1 {
          let between = (low + high) / 2
          if ideal.code(of: between) == code { low = between } else { high = between }
        }
        for accumulator in max(low - 1, range.lowerBound)...min(high + 1, range.upperBound) {
          #expect(ideal.code(of: accumulator) == result.requantization(accumulator, channel: 0))
        }
      }
    }
  }

  /// Codes of 8 bits have tables where multipliers are too wide; of others it is said what they need.
  @Test func multipliersWithinABound() throws {
    let range: ClosedRange<Int64> = -40000...40000
    func proof(_ most: Int64) -> RequantizationProof {
      let ideal = IdealFunction(
        scale: Rational(0.00123), shift: Rational(0.3), functions: [],
        quantizer: uniform(Rational(1, over: BigInteger(word: most / 64)), zeroPoint: 0, -most - 1...most))
      return RequantizationProof(ideals: [ideal], accumulators: [range])
    }
    for most in [127, 32767] as [Int64] {
      let proof = proof(most)
      let free = proof.result
      guard case .affine(let affine) = free.requantization.channels[0] else {
        Issue.record("no affine requantizer")
        continue
      }
      #expect(affine.multiplierBits > 2)
      #expect(proof.result(multiplierBits: affine.multiplierBits).requantization == free.requantization)
      let narrow = proof.result(multiplierBits: affine.multiplierBits - 1)
      #expect(narrow.multiplierBits == (most == 127 ? nil : affine.multiplierBits))
      for accumulator in range {
        let same = narrow.requantization(accumulator, channel: 0) == free.requantization(accumulator, channel: 0)
        #expect(same, "\(accumulator)")
        if !same { return }
      }
    }
  }

  /// Wide codes have no table where ties go to both sides and the processor may divide.
  @Test func quotientsWhereTiesGoBothWays() {
    for (most, mayDivide, isQuotient) in [(300, true, true), (300, false, false), (100, true, false)] {
      let ideal = IdealFunction(
        scale: Rational(1, over: 6), shift: Rational(1, over: 2), functions: [.relu],
        quantizer: uniform(1, zeroPoint: -3, -3...Int64(most)))
      let range: CodeRange = -200...2000
      let result = RequantizationProof(ideals: [ideal], accumulators: [range], mayDivide: mayDivide).result
      #expect(result.unproved.isEmpty)
      #expect((result.requantization.quotients != nil) == isQuotient)
      for accumulator in range {
        let same = result.requantization(accumulator, channel: 0) == ideal.code(of: accumulator)
        #expect(same, "\(accumulator)")
        if !same { return }
      }
    }
  }

  /// A tie that goes one way alone is within reach of a narrower line.
  @Test func tiesWithinABound() {
    let ideal = IdealFunction(
      scale: Rational(123_457, over: 1 << 24), shift: Rational(1, over: 2), functions: [],
      quantizer: uniform(1, zeroPoint: 0, 0...1023))
    let proof = RequantizationProof(ideals: [ideal], accumulators: [0...5000])
    guard case .affine(let even) = proof.result.requantization.channels[0],
      case .affine(let floor) = proof.result(multiplierBits: 17).requantization.channels[0]
    else {
      Issue.record("no affine requantizer")
      return
    }
    #expect(even.rounding == .halfEven && floor.rounding == .floor)
    #expect(even.multiplierBits == 18 && floor.multiplierBits <= 17)
    for accumulator in 0...5000 as ClosedRange<Int64> {
      #expect(floor(accumulator).clamped(to: 0...1023) == ideal.code(of: accumulator))
    }
  }

  /// What is remembered is what would be found: also of functions and ranges that differ a little, and of the same number in
  /// another form.
  @Test func memoryChangesNothing() {
    let memory = ProofMemory()
    let quantizers = [uniform(1, zeroPoint: 0, -128...127), uniform(1, zeroPoint: 3, -8...7)]
    for quantizer in quantizers + quantizers {
      for numerator in 90...110 as ClosedRange<Int64> {
        for range: ClosedRange<Int64> in [-900...900, -901...900, 0...100_000] {
          for form in [1, 3] as [Int64] {
            let ideal = IdealFunction(
              scale: Rational(BigInteger(word: numerator * form), over: BigInteger(word: 7001 * form)),
              shift: Rational(0.3), functions: [], quantizer: quantizer)
            func found(_ memory: ProofMemory?) -> Requantization {
              RequantizationProof(ideals: [ideal], accumulators: [range], memory: memory).result.requantization
            }
            #expect(found(memory) == found(nil), "\(numerator), \(range), \(form)")
          }
        }
      }
    }
  }
}

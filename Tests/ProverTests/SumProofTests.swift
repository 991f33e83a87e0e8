import IntegerProgram
import Numbers
import Quantization
import Testing

@testable import Prover

@Suite struct SumProofTests {
  /// The ideal code of a pair in exact arithmetic.
  private func code(_ proof: SumProof, _ first: Int64, _ second: Int64) -> Int64? {
    var ideal = proof.ideals[0]
    ideal.shift = ideal.shift + proof.scales[0][0] * Rational(first) + proof.scales[1][0] * Rational(second)
    return ideal.code(of: 0)
  }

  private func proof(_ random: inout SplitMix, bits: (Int, Int, Int)) -> SumProof {
    let scales = [0.02, 0.03].map { Rational($0 * Double.random(in: 0.3...3, using: &random)) }
    let zeros = [bits.0, bits.1].map { Int64.random(in: 0..<(1 << Int64($0)), using: &random) }
    let most = (Int64(1) << Int64(bits.2)) - 1
    return SumProof(
      ideals: [
        IdealFunction(
          scale: .one, shift: -scales[0] * Rational(zeros[0]) - scales[1] * Rational(zeros[1]),
          functions: Bool.random(using: &random) ? [.relu] : [],
          quantizer: FeatureMapQuantizer(
            step: Rational(0.05 * Double.random(in: 0.3...3, using: &random)),
            zeroPoint: Int64.random(in: 0...most, using: &random), range: 0...most))
      ],
      scales: scales.map { [$0] }, ranges: [bits.0, bits.1].map { 0...((1 << Int64($0)) - 1) })
  }

  @Test func everyPairOfNarrowCodes() {
    var random = SplitMix(seed: 3)
    for _ in 0..<25 {
      let proof = proof(&random, bits: (5, 6, 6))
      guard let result = proof.result else {
        Issue.record("not proved: \(proof)")
        continue
      }
      for first in proof.ranges[0] {
        for second in proof.ranges[1] {
          let found = result.code(first, second)
          if found != code(proof, first, second) {
            Issue.record("\(proof) at \(first), \(second)")
            return
          }
        }
      }
    }
  }

  private func expectEveryPair(_ proof: SumProof, sourceLocation: SourceLocation = #_sourceLocation) {
    guard let result = proof.result else {
      Issue.record("not proved: \(proof)", sourceLocation: sourceLocation)
      return
    }
    for first in proof.ranges[0] {
      for second in proof.ranges[1] {
        let found = result.code(first, second)
        if found != code(proof, first, second) {
          Issue.record("\(first), \(second): \(found)", sourceLocation: sourceLocation)
          return
        }
      }
    }
  }

  /// A sum of a network that ONNX Runtime quantized: 53 steps of one scale less 47 of the other are exactly 34.5 of the third.
  @Test func aTieOfThreeScales() {
    let scales = [0.022617843, 0.012071998, 0.018300341].map { Rational(Double(Float($0))) }
    #expect(53 * scales[0] - 47 * scales[1] == Rational(Double(34.5)) * scales[2])
    expectEveryPair(
      SumProof(
        ideals: [
          IdealFunction(
            scale: .one, shift: -120 * (scales[0] + scales[1]), functions: [.relu],
            quantizer: FeatureMapQuantizer(step: scales[2], range: 0...255))
        ],
        scales: scales[..<2].map { [$0] }, ranges: [0...255, 0...255]))
  }

  /// Scales with a tie put somewhere, to an even code below or above it.
  @Test func oneTieSomewhere() {
    var random = SplitMix(seed: 7)
    for _ in 0..<20 {
      let first = Int64.random(in: 1...31, using: &random)
      let second = Int64.random(in: 32...63, using: &random)
      let tie = Rational(Double(Int64.random(in: 10...40, using: &random)) + 0.5)
      let scale = Rational(Double.random(in: 0.1...0.4, using: &random))
      expectEveryPair(
        SumProof(
          ideals: [
            IdealFunction(
              scale: .one, shift: .zero, functions: [], quantizer: FeatureMapQuantizer(step: .one, range: 0...63))
          ],
          scales: [[scale], [(tie - scale * Rational(first)) / Rational(second)]], ranges: [0...31, 0...63]))
    }
  }

  /// Several terms, and functions of their own for channels: every tuple, next to ties of decimals too.
  @Test func everyTupleOfSeveralTerms() {
    var random = SplitMix(seed: 12)
    for terms in [1, 3, 4] {
      let ranges: [CodeRange] = (0..<terms).map { _ in Int64.random(in: -7...0, using: &random)...6 }
      let channels = 3
      let scales = (0..<terms).map { _ in
        PerChannel(channels: channels) { _ in Rational(Float.random(in: -0.4...0.9, using: &random)) }
      }
      let ideals = (0..<channels).map { channel in
        IdealFunction(
          scale: .one, shift: Rational(Float.random(in: -1...1, using: &random)), functions: [],
          quantizer: FeatureMapQuantizer(step: Rational(Float(0.37)), zeroPoint: 3, range: -20...21))
      }
      let proof = SumProof(ideals: ideals, scales: scales, ranges: ranges)
      guard let result = proof.result else {
        Issue.record("not proved: \(proof)")
        continue
      }
      for channel in 0..<channels {
        var tuples: [[Int64]] = [[]]
        for range in ranges { tuples = tuples.flatMap { tuple in range.map { tuple + [$0] } } }
        for tuple in tuples {
          var ideal = ideals[channel]
          for (scale, code) in zip(scales, tuple) { ideal.shift = ideal.shift + scale[channel] * Rational(code) }
          let sum = zip(result.coefficients, tuple).reduce(0) { $0 + $1.0[channel] * $1.1 }
          if result.requantization(sum, channel: channel) != ideal.code(of: 0) {
            Issue.record("\(proof) at \(tuple), channel \(channel)")
            return
          }
        }
      }
    }
  }

  /// Ties to even codes all on one side, as with halves and steps of two codes; with ties to both there is no plane.
  @Test func tiesOfOneSideAndOfBoth() {
    func proof(_ scale: Rational, shift: Rational) -> SumProof {
      SumProof(
        ideals: [
          IdealFunction(
            scale: .one, shift: shift, functions: [], quantizer: FeatureMapQuantizer(step: .one, range: -40...40))
        ],
        scales: [[scale], [Rational(2)], [.one / Rational(3)]], ranges: [-3...3, -5...5, -1...1])
    }
    let half = Rational.powerOfTwo(-1)
    for shift in [half, -half, half + Rational(4)] {
      let proof = proof(Rational(2), shift: shift)
      guard let result = proof.result else {
        Issue.record("not proved: \(proof)")
        continue
      }
      for first in proof.ranges[0] {
        for second in proof.ranges[1] {
          for third in proof.ranges[2] {
            var ideal = proof.ideals[0]
            ideal.shift =
              ideal.shift + Rational(2 * first + 2 * second) + Rational(third) / Rational(3)
            let sum = zip(result.coefficients, [first, second, third]).reduce(0) { $0 + $1.0[0] * $1.1 }
            #expect(result.requantization(sum, channel: 0) == ideal.code(of: 0))
          }
        }
      }
    }
    #expect(proof(.one, shift: half).result == nil)
  }

  @Test func drawnPairsOfWideCodes() {
    var random = SplitMix(seed: 4)
    for _ in 0..<2 {
      let proof = proof(&random, bits: (8, 16, 16))
      guard let result = proof.result else {
        Issue.record("not proved: \(proof)")
        continue
      }
      for _ in 0..<5000 {
        let first = Int64.random(in: proof.ranges[0], using: &random)
        let second = Int64.random(in: proof.ranges[1], using: &random)
        let found = result.code(first, second)
        #expect(found == code(proof, first, second))
      }
    }
  }
}

extension SumProof.Result {
  fileprivate func sum(_ first: Int64, _ second: Int64) -> Int64 {
    coefficients[0][0] * first + coefficients[1][0] * second
  }

  fileprivate func code(_ first: Int64, _ second: Int64) -> Int64 { requantization(sum(first, second), channel: 0) }
}

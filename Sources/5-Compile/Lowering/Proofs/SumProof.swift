import BigInt
import IntegerProgram
import Numbers
import Quantization

/// Finds and proves the requantization of a sum of two integers whose scales have no common unit:
/// code = clamp(floor((P a + Q b + B) / 2^S) + offset) equals the ideal function for every pair.
///
/// For every a the ideal function of b is a step function along a line; the corners next to each of these lines are all
/// that P, Q and B have to separate.
struct SumProof {
  /// Of the sum as a real number: its own scale is 1.
  let ideal: IdealFunction
  let scales: [Rational]
  let ranges: [ClosedRange<Int64>]

  /// So many lines are looked at, at most.
  private static let maximumLines = 1 << 17

  var clamp: ClosedRange<Int64> { ideal.affine?.clamp ?? ideal.quantizer.format.range }

  /// Coefficients of the terms, what follows, and what the sum of products can reach; nil where none is found.
  var requantizer: (coefficients: [Int64], requantizer: AffineRequantizer, range: ClosedRange<Int64>)? {
    guard let affine = ideal.affine, scales.count == 2, scales.allSatisfy({ $0.sign != 0 }) else { return nil }
    let gains = scales.map { $0 * affine.scale }
    // Lines along the term with more codes.
    let along = ranges[0].count >= ranges[1].count ? 0 : 1
    let across = 1 - along
    guard ranges[across].count <= Self.maximumLines else { return nil }

    var below: [(a: Int64, b: Int64, code: Int128)] = []
    var above = below
    for a in ranges[across] {
      let line = IdealFunction.Affine(
        scale: gains[along], shift: affine.shift + gains[across] * Rational(a), offset: affine.offset,
        clamp: affine.clamp, rounding: affine.rounding)
      guard
        let corners = StepCorners(line, accumulators: ranges[along])
          ?? line.withoutTies(over: ranges[along]).flatMap({ StepCorners($0, accumulators: ranges[along]) })
      else { return nil }
      below += corners.below.map { (a, $0.accumulator, $0.code) }
      above += corners.above.map { (a, $0.accumulator, $0.code) }
    }

    func solution(shift: Int) -> (across: Int64, along: Int64, addend: Int128)? {
      func multiplier(_ gain: Rational) -> Int64? {
        Int64(exactly: (gain * .powerOfTwo(shift)).roundedHalfEven)
      }
      guard let first = multiplier(gains[across]), let second = multiplier(gains[along]),
        first.magnitude < 1 << 40, second.magnitude < 1 << 40
      else { return nil }
      var least = Int128.min
      for point in below {
        least = max(
          least,
          (point.code << Int128(shift)) - Int128(first) * Int128(point.a) - Int128(second) * Int128(point.b))
      }
      for point in above
      where Int128(first) * Int128(point.a) + Int128(second) * Int128(point.b) + least >= point.code << Int128(shift) {
        return nil
      }
      // No boundary at all: any addend would do, but none is bounded.
      return (first, second, least == .min ? Int128(affine.clamp.lowerBound) << Int128(shift) : least)
    }

    guard !below.isEmpty else { return nil }
    // What works with a shift does not always work with the next one here, where the multipliers are rounded: the first is
    // looked for one by one.
    for shift in 0...40 {
      guard let found = solution(shift: shift) else { continue }
      var coefficients: [Int64] = [0, 0]
      coefficients[across] = found.across
      coefficients[along] = found.along
      let ends = zip(coefficients, ranges).map { coefficient, range in
        (coefficient * range.lowerBound, coefficient * range.upperBound)
      }
      let lower = ends.reduce(0) { $0 + min($1.0, $1.1, 0) }
      let upper = ends.reduce(0) { $0 + max($1.0, $1.1, 0) }
      let offset = Int128(affine.offset) << Int128(shift)
      return (
        coefficients, AffineRequantizer(multiplier: 1, addend: found.addend + offset, shift: shift), lower...upper
      )
    }
    return nil
  }
}

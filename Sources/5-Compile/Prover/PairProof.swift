import IntegerProgram
import Numbers

/// The smallest plane floor((P a + Q b + B) / 2^S) that equals the ideal function of a sum of two integers for every pair.
///
/// For every a the ideal function of b is a step function along a line; the corners next to each of these lines are all that P, Q
/// and B have to separate. Narrow codes have few lines.
struct PairProof {
  /// Of the sum as a real number: its own scale is 1.
  let ideal: IdealFunction.Affine
  let gains: [Rational]
  let ranges: [CodeRange]

  /// So many lines are looked at, at most.
  private static let maximumLines = 1 << 8

  /// nil where there are more lines, or no plane.
  var plane: SumPlane? {
    guard gains.count == 2, gains.allSatisfy({ $0.sign != 0 }) else { return nil }
    // Lines along the term with more codes.
    let along = ranges[0].count >= ranges[1].count ? 0 : 1
    let across = 1 - along
    guard ranges[across].count <= Self.maximumLines, let corners = corners(along: along, across: across) else {
      return nil
    }
    // What works with a shift does not always work with the next one here, where the multipliers are rounded: the first is
    // looked for one by one.
    for shift in 0...40 {
      guard let plane = corners.plane(gains: (gains[across], gains[along]), shift: shift) else { continue }
      var coefficients: [Int64] = [0, 0]
      coefficients[across] = plane.across
      coefficients[along] = plane.along
      return SumPlane(
        coefficients: coefficients, addend: plane.addend + Int128(ideal.offset) << Int128(shift), shift: shift)
    }
    return nil
  }

  /// The corners of the lines that the codes of one term make of the other's; nil where one of them has ties both ways.
  private func corners(along: Int, across: Int) -> PairCorners? {
    var all = PairCorners()
    for a in ranges[across] {
      let line = IdealFunction.Affine(
        scale: gains[along], shift: ideal.shift + gains[across] * Rational(a), offset: ideal.offset,
        clamp: ideal.clamp, rounding: ideal.rounding)
      guard
        let corners = StepCorners(line, accumulators: ranges[along])
          ?? line.withoutTies(over: ranges[along]).flatMap({ StepCorners($0, accumulators: ranges[along]) })
      else { return nil }
      // Shifted as far as planes are looked for they fit still.
      guard (corners.below + corners.above).allSatisfy({ $0.code.magnitude < 1 << 80 }) else { return nil }
      all.below += corners.below.map { .init(across: a, along: $0.accumulator, code: $0.code) }
      all.above += corners.above.map { .init(across: a, along: $0.accumulator, code: $0.code) }
    }
    return all
  }
}

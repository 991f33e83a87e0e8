import BigInt
import IntegerProgram
import Numbers

/// Finds and proves the requantization of a sum of two integers whose scales have no common unit:
/// code = clamp(floor((P a + Q b + B) / 2^S) + offset) equals the ideal function for every pair.
///
/// For every a the ideal function of b is a step function along a line; the corners next to each of these lines are all
/// that P, Q and B have to separate.
package struct SumProof {
  /// Of the sum as a real number: its own scale is 1.
  let ideal: IdealFunction
  let scales: [Rational]
  let ranges: [CodeRange]

  package init(ideal: IdealFunction, scales: [Rational], ranges: [CodeRange]) {
    self.ideal = ideal
    self.scales = scales
    self.ranges = ranges
  }

  package struct Result {
    /// P and Q, in the order of the terms.
    package var coefficients: [Int64]
    /// What P a + Q b can reach, partial sums included.
    package var range: CodeRange
    /// Of P a + Q b.
    package var requantization: Requantization
  }

  /// nil where none is found.
  package var result: Result? {
    guard let affine = ideal.affine, scales.count == 2, scales.allSatisfy({ $0.sign != 0 }) else { return nil }
    let gains = scales.map { $0 * affine.scale }
    // Lines along the term with more codes.
    let along = ranges[0].count >= ranges[1].count ? 0 : 1
    let across = 1 - along
    func corners(ofEach step: Int) -> PairCorners? {
      self.corners(of: affine, gains: gains, along: along, across: across, ofEach: step)
    }
    // What works with a shift does not always work with the next one here, where the multipliers are rounded: the first is
    // looked for one by one.
    func plane(at corners: PairCorners) -> (plane: PairCorners.Plane, shift: Int)? {
      for shift in 0...40 {
        if let plane = corners.plane(gains: (gains[across], gains[along]), shift: shift) { return (plane, shift) }
      }
      return nil
    }
    // What has no plane has none for a few of its lines already, as a rule: 16-bit codes have 2^16 lines.
    guard let some = corners(ofEach: 64), some.below.isEmpty || plane(at: some) != nil, let all = corners(ofEach: 1),
      let (plane, shift) = plane(at: all)
    else { return nil }
    var coefficients: [Int64] = [0, 0]
    coefficients[across] = plane.across
    coefficients[along] = plane.along
    let requantizer = AffineRequantizer(
      multiplier: 1, addend: plane.addend + Int128(affine.offset) << Int128(shift), shift: shift)
    guard let reach = reach(of: coefficients), case .success = requantizer.codes(of: reach) else { return nil }
    return Result(
      coefficients: coefficients, range: reach,
      requantization: Requantization(channels: [.affine(requantizer)], clamp: affine.clamp))
  }

  /// So many lines are looked at, at most.
  private static let maximumLines = 1 << 17

  /// The corners of the lines that each `step`th code of one term makes of the other's; nil where one of them has ties.
  private func corners(
    of affine: IdealFunction.Affine, gains: [Rational], along: Int, across: Int, ofEach step: Int
  ) -> PairCorners? {
    guard ranges[across].count <= Self.maximumLines else { return nil }
    var all = PairCorners()
    for a in stride(from: ranges[across].lowerBound, through: ranges[across].upperBound, by: step) {
      let line = IdealFunction.Affine(
        scale: gains[along], shift: affine.shift + gains[across] * Rational(a), offset: affine.offset,
        clamp: affine.clamp, rounding: affine.rounding)
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

  /// What the sum of products can reach on its way; nil where it needs more than 62 bits.
  private func reach(of coefficients: [Int64]) -> CodeRange? {
    let reach = zip(coefficients, ranges).reduce(Int128(0)...0) { $0 + $1.1.wide.scaled(by: Int128($1.0)).including(0) }
    return max(reach.lowerBound.magnitude, reach.upperBound.magnitude) < 1 << 61 ? reach.clampedTo64Bits : nil
  }
}

import Numbers

/// A sum before rounding, as whole numbers over one denominator: what is rounded down to give the code is
/// (gains · codes + first) / unit, but for ties.
struct SumPositions {
  private var gains: [Int128]
  /// One half is in it.
  private var first: Int128
  private var unit: Int128
  private let offset: Int64

  /// So many lines are looked at, at most.
  private static let maximumLines = 1 << 17

  /// nil where numbers are too large.
  init?(_ ideal: IdealFunction.Affine, gains: [Rational]) {
    let shift = ideal.shift + .powerOfTwo(-1)
    guard let step = Rational.unit(of: gains + [shift, .one]) else { return nil }
    let numbers = (gains + [shift, .one]).compactMap { ($0 / step).floor.int128 }
    guard numbers.count == gains.count + 2, numbers.allSatisfy({ $0.magnitude < 1 << 80 }) else { return nil }
    self.gains = Array(numbers[..<gains.count])
    first = numbers[gains.count]
    unit = numbers[gains.count + 1]
    offset = ideal.offset
  }

  /// The plane whose coefficients are the gains rounded to the fewest bits with which what they are off by stays below the distance
  /// that any tuple of codes has from where codes change; nil where there is none, or ties go both ways.
  func plane(over ranges: [CodeRange]) -> SumPlane? {
    // What is too near for a few of the lines is so for all.
    guard fits(ranges), let some = gap(over: ranges, ofEach: 64), plane(over: ranges, within: some) != nil,
      let all = gap(over: ranges, ofEach: 1)
    else { return nil }
    guard all.above == 0 else { return plane(over: ranges, within: all) }
    // Ties go to even codes: to the one above, as rounded down, or all to the one below.
    let even = leastResidue(over: ranges, plus: 0, modulo: 2 * unit) == 0
    let odd = leastResidue(over: ranges, plus: unit, modulo: 2 * unit) == 0
    if even, odd { return nil }
    return even ? plane(over: ranges, within: all) : movedDown.plane(over: ranges)
  }

  /// The same with what lies where codes change below it.
  private var movedDown: SumPositions {
    var moved = self
    moved.gains = gains.map { 2 * $0 }
    moved.first = 2 * first - 1
    moved.unit = 2 * unit
    return moved
  }

  /// How near any position comes to where codes change, in units: at least `above` at or above it, at least `below` below it.
  private struct Gap {
    var above: Int128
    var below: Int128
  }

  /// Whether there is room for products with codes, and for another bit.
  private func fits(_ ranges: [CodeRange]) -> Bool {
    zip(gains, ranges).allSatisfy { gain, range in
      let bits = 128 - Int128(range.largestMagnitude).leadingZeroBitCount
      return max(gain.magnitude, unit.magnitude) < UInt128(1) << UInt128(118 - bits)
    }
  }

  private func plane(over ranges: [CodeRange], within gap: Gap) -> SumPlane? {
    for shift in 0...60 {
      let one = Int128(1) << Int128(shift)
      var coefficients: [Int64] = []
      // coefficient x unit - gain x 2^shift, times a code.
      var error: ClosedRange<Int128> = 0...0
      for (gain, range) in zip(gains, ranges) {
        let (scaled, overflows) = gain.multipliedReportingOverflow(by: one)
        guard !overflows, scaled.magnitude < 1 << 125 else { return nil }
        let coefficient = Self.floorDivide(scaled + unit / 2, by: unit)
        guard let narrow = Int64(exactly: coefficient), narrow.magnitude < 1 << 60 else { return nil }
        coefficients.append(narrow)
        error = error + range.wide.scaled(by: coefficient * unit - scaled)
      }
      let (start, overflows) = first.multipliedReportingOverflow(by: one)
      guard !overflows, start.magnitude < 1 << 124, unit < Int128(1) << Int128(124 - shift) else { return nil }
      let least = start - gap.above * one - error.lowerBound
      let most = start + gap.below * one - error.upperBound
      let addend = -Self.floorDivide(-least, by: unit)
      if addend * unit < most {
        return SumPlane(
          coefficients: coefficients, addend: addend + Int128(offset) << Int128(shift), shift: shift)
      }
    }
    return nil
  }

  // MARK: Residues

  /// Over each `step`th of the lines along the term with the most codes; nil where there are too many.
  private func gap(over ranges: [CodeRange], ofEach step: Int) -> Gap? {
    guard let lines = lines(over: ranges) else { return nil }
    var gap = Gap(above: unit, below: unit)
    for index in Swift.stride(from: 0, to: lines.starts.count, by: step) {
      let start = lines.starts[index]
      gap.above = min(gap.above, Self.leastResidue(of: lines.gain, from: start, count: lines.count, modulo: unit))
      gap.below = min(
        gap.below, 1 + Self.leastResidue(of: -lines.gain, from: -start - 1, count: lines.count, modulo: unit))
    }
    return gap
  }

  private func leastResidue(over ranges: [CodeRange], plus offset: Int128, modulo: Int128) -> Int128? {
    lines(over: ranges).flatMap { lines in
      lines.starts.map {
        Self.leastResidue(of: lines.gain, from: $0 + offset, count: lines.count, modulo: modulo)
      }.min()
    }
  }

  /// The numerators along the term with the most codes, for all codes of the others.
  private func lines(over ranges: [CodeRange]) -> (starts: [Int128], gain: Int128, count: Int128)? {
    let along = ranges.indices.max { ranges[$0].count < ranges[$1].count } ?? 0
    var starts = [first + gains[along] * Int128(ranges[along].lowerBound)]
    for (term, range) in ranges.enumerated() where term != along {
      guard starts.count * range.count <= Self.maximumLines else { return nil }
      starts = starts.flatMap { start in range.map { start + gains[term] * Int128($0) } }
    }
    return (starts, gains[along], Int128(ranges[along].count))
  }

  /// The least of (gain x + start) modulo `modulus` for x in 0..<count, in as many steps as Euclid's algorithm takes.
  ///
  /// The numbers rise from the start until they pass the modulus, and begin anew below the gain: the least are the start and where
  /// they begin anew, which is such a sequence again, modulo the gain.
  static func leastResidue(of gain: Int128, from start: Int128, count: Int128, modulo modulus: Int128) -> Int128 {
    var (gain, start, count, modulus) = (residue(gain, modulus), residue(start, modulus), count, modulus)
    var least = start
    while gain > 0, count > 0 {
      // Backwards from the end with the smaller step.
      if gain > modulus / 2 { (start, gain) = (residue(start + gain * (count - 1), modulus), modulus - gain) }
      least = min(least, start)
      let turns = (gain * (count - 1) + start) / modulus
      (gain, start, count, modulus) = (residue(-modulus, gain), residue(start - modulus, gain), turns, gain)
      if turns > 0 { least = min(least, start) }
    }
    return least
  }

  private static func residue(_ number: Int128, _ modulus: Int128) -> Int128 {
    let rest = number % modulus
    return rest < 0 ? rest + modulus : rest
  }

  private static func floorDivide(_ dividend: Int128, by divisor: Int128) -> Int128 {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

import Numbers

/// All that an affine ideal function asks of a line through accumulators: at least `code` at every corner below, less than
/// `code` at every corner above. Codes are counted before the offset.
struct StepCorners {
  struct Corner: Hashable {
    var accumulator: Int64
    var code: Int128
  }

  private(set) var below: [Corner] = []
  private(set) var above: [Corner] = []
  /// The one code that all accumulators have, clamped.
  private(set) var constant: BigInteger?
  /// floor(|scale| x 2^fraction)
  private(set) var slope: Int128 = 0
  private(set) var fraction = 0
  /// The accumulator with the smallest ideal value that matters, and the direction in which values rise from there.
  private(set) var start: Int64
  private(set) var direction: Int64
  /// The code at the start.
  private(set) var lowest: Int128

  /// nil where the ideal function reaches ties, which no line rounds right, or numbers are too large to tell.
  init?(_ ideal: IdealFunction.Affine, accumulators: ClosedRange<Int64>) {
    guard let ideal = ideal.roundingHalfEven else { return nil }
    // Machine words leave next to nothing open.
    let cut = CutPositions(of: ideal, over: accumulators).flatMap {
      StepCorners(ideal, accumulators: accumulators, positions: $0)
    }
    let corners =
      cut
      ?? StepCorners(
        ideal, accumulators: accumulators, positions: RisingPositions(of: ideal, over: accumulators))
    guard let corners else { return nil }
    self = corners
  }

  /// nil where the positions leave something open, or there are ties.
  init?(_ ideal: IdealFunction.Affine, accumulators: ClosedRange<Int64>, positions: some Positions) {
    direction = ideal.scale.sign < 0 ? -1 : 1
    let origin = direction < 0 ? accumulators.upperBound : accumulators.lowerBound
    let end = direction < 0 ? accumulators.lowerBound : accumulators.upperBound
    let length = Int128(accumulators.upperBound) - Int128(accumulators.lowerBound)
    let least = Int128(ideal.clamp.lowerBound) - Int128(ideal.offset)
    let most = Int128(ideal.clamp.upperBound) - Int128(ideal.offset)
    start = origin
    lowest = least
    guard ideal.scale.sign != 0 else {
      constant = ideal.shift.roundedHalfEven.clamped(to: BigInteger(least)...BigInteger(most))
      return
    }

    // The steps at which the code leaves its least (past least + 1/2), and at which it becomes its most.
    guard let leaves = positions.firstStep(atDouble: 2 * least + 1) else { return nil }
    if least == most || leaves > length {
      constant = BigInteger(least)
      above = [Corner(accumulator: end, code: least + 1)]
      return
    }
    guard let arrives = positions.firstStep(atDouble: 2 * most - 1) else { return nil }
    if arrives == 0 {
      // A tie at the start goes to the even code.
      guard let isTie = most & 1 == 0 ? false : positions.startsAt(double: 2 * most - 1) else { return nil }
      if !isTie {
        constant = BigInteger(most)
        below = [Corner(accumulator: origin, code: most)]
        return
      }
    }
    let skipped = max(leaves - 1, 0)
    guard let line = positions.halfUp(from: skipped, to: min(arrives, length), countingFrom: least) else { return nil }
    start = origin + direction * Int64(skipped)
    slope = line.cut.slope
    fraction = line.cut.fraction

    // At least the code from where it has left its least up to where it becomes its most, and less than the next code up to
    // just before that.
    let lower = line.cut.cornersBelow(from: leaves > 0 ? 1 : 0)
    let upper = line.cut.cornersAbove(upTo: line.cut.length - (arrives <= length ? 1 : 0))
    guard line.isDecided(below: lower, above: upper) else { return nil }
    below = lower.map(corner)
    above = upper.map(corner)
  }

  /// Of a function in pieces, each of them rising from where the one before it ends: what all of them ask.
  init?(_ pieces: [IdealFunction.Affine.Piece]) {
    let corners = pieces.compactMap { StepCorners($0.ideal, accumulators: $0.accumulators) }
    guard corners.count == pieces.count, var all = corners.first else { return nil }
    for next in corners.dropFirst() {
      all.below += next.below
      all.above += next.above
      if all.constant != next.constant { all.constant = nil }
    }
    self = all
  }

  private func corner(_ point: LatticePoint) -> Corner {
    Corner(accumulator: start + direction * Int64(point.x), code: lowest + point.y)
  }
}

extension FixedPointLine {
  /// The corners below the part of the line that starts at `x`.
  fileprivate func cornersBelow(from x: Int128) -> [LatticePoint] {
    var rest = self
    rest.intercept += slope * x
    rest.length -= x
    return rest.cornersBelow.map { LatticePoint(x: $0.x + x, y: $0.y) }
  }

  /// The corners above the part of the line that ends at `x`; none where that is before its start.
  fileprivate func cornersAbove(upTo x: Int128) -> [LatticePoint] {
    var part = self
    part.length = x
    return x < 0 ? [] : part.cornersAbove
  }
}

import Numbers

extension IdealFunction.Affine {
  /// The same function of these accumulators without ties, where all of them go up or all go down to an even code: moved by a
  /// hair that way. nil where they go both ways, or rounding is another.
  func withoutTies(over accumulators: ClosedRange<Int64>) -> IdealFunction.Affine? {
    guard rounding == .halfEven, scale.sign != 0 else { return nil }
    // position = (gain x accumulator + first) / unit is half of an odd number where
    // 2 gain x accumulator = unit - 2 first, modulo 2 unit.
    let (gain, first, unit) = scale.overCommonDenominator(with: shift)
    let modulus = unit << 1
    let shared = (gain << 1).greatestCommonDivisor(with: modulus)
    let (wanted, remainder) = (unit - (first << 1)).quotientAndRemainder(dividingBy: shared)
    let period = modulus / shared
    let rise = (gain << 1) / shared
    guard remainder == 0, let inverse = period == 1 ? 0 : rise.inverse(period) else { return self }
    let lowest = BigInteger(word: accumulators.lowerBound)
    let tie = lowest + (wanted * inverse - lowest).modulus(period)
    let highest = BigInteger(word: accumulators.upperBound)
    if tie > highest { return self }
    // From one tie to the next the codes rise by this.
    guard tie + period > highest || !rise.isOdd else { return nil }
    let below = (((gain * tie + first) << 1) - unit) / modulus
    let hair = Rational(1, over: unit << 3)
    var moved = self
    moved.shift = !below.isOdd ? shift - hair : shift + hair
    return moved
  }
}

/// The integer lines that separate two sets of lattice points: floor((M x + B) / 2^S) is the wanted step function if and
/// only if M x + B >= y 2^S for every point (x, y) on or under its graph and M x + B < y 2^S for every point above.
/// Only corners of the two sets' hulls need to be looked at.
struct Separation {
  let below: [LatticePoint]
  let above: [LatticePoint]
  /// floor(slope x 2^fraction) of the line between the sets, not negative.
  let slope: Int128
  let fraction: Int
  /// All coordinates' magnitudes are below 2 to these.
  private let widths: (x: Int, y: Int)

  init(below: [LatticePoint], above: [LatticePoint], slope: Int128, fraction: Int) {
    (self.below, self.above, self.slope, self.fraction) = (below, above, slope, fraction)
    var all: (x: UInt128, y: UInt128) = (0, 0)
    for points in [below, above] {
      for point in points { all = (all.x | point.x.magnitude, all.y | point.y.magnitude) }
    }
    widths = (all.x.bitWidth - all.x.leadingZeroBitCount, all.y.bitWidth - all.y.leadingZeroBitCount)
  }

  struct Line: Hashable {
    var multiplier: Int128
    var addend: Int128
    var shift: Int
  }

  /// The line with the smallest shift, hence the smallest multiplier, that separates the sets; nil where there is none up
  /// to `maximumShift`.
  ///
  /// The slopes that allow a separation are an interval around the true slope, so of all multipliers of a shift the two
  /// next to it decide; and what works with a shift works, doubled, with the next one: the smallest is found by bisection.
  func smallestLine(maximumShift: Int) -> Line? {
    guard var best = line(shift: maximumShift) else { return nil }
    var infeasible = -1
    while best.shift - infeasible > 1 {
      let middle = (best.shift + infeasible) / 2
      if let line = line(shift: middle) { best = line } else { infeasible = middle }
    }
    return best
  }

  /// The same where the slope between the sets is not known: of all lines.
  ///
  /// A line of slope m lies between the sets if and only if y_b - m x_b < y_a - m x_a for every point b below and every a above, which
  /// bounds m on both sides by fractions, neither of which it may be.
  func smallestLine(ofAnySlopeWith maximumShift: Int) -> Line? {
    var (least, most) = (Slope(rise: -1, run: 1 << 62), Slope(rise: 1 << 40, run: 1))
    for above in above {
      for below in below {
        let run = below.x - above.x
        let slope = Slope(rise: run < 0 ? above.y - below.y : below.y - above.y, run: abs(run))
        if run == 0 {
          guard below.y < above.y else { return nil }
        } else if run > 0 {
          if least < slope { least = slope }
        } else if slope < most {
          most = slope
        }
      }
    }
    guard least < most else { return nil }
    for shift in 0...maximumShift {
      guard let rise = least.rise.shiftedLeft(by: shift) else { return nil }
      let (quotient, remainder) = rise.quotientAndRemainder(dividingBy: least.run)
      let multiplier = quotient + (remainder < 0 ? 0 : 1)
      if let addend = smallestAddend(multiplier: multiplier, shift: shift) {
        return Line(multiplier: multiplier, addend: addend, shift: shift)
      }
    }
    return nil
  }

  private struct Slope: Comparable {
    var rise: Int128
    /// Above zero.
    var run: Int128

    static func < (left: Slope, right: Slope) -> Bool { left.rise * right.run < right.rise * left.run }
  }

  func line(shift: Int) -> Line? {
    let lower = slope >> Int128(fraction - shift)
    for multiplier in [lower, lower + 1] {
      if let addend = smallestAddend(multiplier: multiplier, shift: shift) {
        return Line(multiplier: multiplier, addend: addend, shift: shift)
      }
    }
    return nil
  }

  /// nil where there is none, or numbers are too large to tell.
  private func smallestAddend(multiplier: Int128, shift: Int) -> Int128? {
    let width = multiplier.bitWidth - multiplier.magnitude.leadingZeroBitCount
    guard width + widths.x < 125, shift + widths.y < 125 else { return nil }
    var least = Int128.min
    for point in below { least = max(least, (point.y &<< Int128(shift)) &- multiplier &* point.x) }
    for point in above where multiplier &* point.x &+ least >= point.y &<< Int128(shift) { return nil }
    return least
  }
}

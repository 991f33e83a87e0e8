/// The integer lines that separate two sets of lattice points: floor((M x + B) / 2^S) is the wanted step function if and
/// only if M x + B >= y 2^S for every point (x, y) on or under its graph and M x + B < y 2^S for every point above.
/// Only corners of the two sets' hulls need to be looked at.
struct Separation {
  var below: [LatticePoint]
  var above: [LatticePoint]
  /// floor(slope x 2^fraction) of the line between the sets, not negative.
  var slope: Int128
  var fraction: Int

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

  func line(shift: Int) -> Line? {
    let lower = slope >> Int128(fraction - shift)
    for multiplier in [lower, lower + 1] {
      if let addend = smallestAddend(multiplier: multiplier, shift: shift) {
        return Line(multiplier: multiplier, addend: addend, shift: shift)
      }
    }
    return nil
  }

  private func smallestAddend(multiplier: Int128, shift: Int) -> Int128? {
    var least = Int128.min
    for point in below { least = max(least, (point.y << Int128(shift)) - multiplier * point.x) }
    for point in above where multiplier * point.x + least >= point.y << Int128(shift) { return nil }
    return least
  }
}

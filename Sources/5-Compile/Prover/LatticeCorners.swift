import Numbers

/// A point of the integer lattice.
struct LatticePoint: Hashable {
  var x: Int128
  var y: Int128
}

/// The line y = (slope x + intercept) / 2^fraction over x in 0...length.
struct FixedPointLine: Hashable {
  /// Not negative.
  var slope: Int128
  var intercept: Int128
  var fraction: Int
  var length: Int128

  /// floor of the line at x.
  func floor(at x: Int128) -> Int128 { (slope * x + intercept) &>> Int128(fraction) }

  /// Corners of the convex hull of the lattice points on or under the line, seen from above: a linear function
  /// a y - b x with a > 0 is largest over all those points at one of them. There are O(fraction) of them, and a walk like
  /// Euclid's algorithm finds them without looking at the points in between.
  var cornersBelow: [LatticePoint] {
    var corners: [LatticePoint] = []
    eachNearestColumn(slope: slope, intercept: intercept) { corners.append(LatticePoint(x: $0, y: floor(at: $0))) }
    return corners
  }

  /// The same for the lattice points strictly above the line, seen from below.
  var cornersAbove: [LatticePoint] {
    var corners: [LatticePoint] = []
    // y > line(x) is -y <= -line(x) - 1/2^fraction.
    eachNearestColumn(slope: -slope, intercept: -intercept - 1) {
      corners.append(LatticePoint(x: $0, y: floor(at: $0) + 1))
    }
    return corners
  }

  /// The columns of the corners under a line with this slope and intercept. Whole steps of a slope shear the plane and
  /// leave corners corners, so all that counts is modulo 2^fraction, wrapping.
  private func eachNearestColumn(slope: Int128, intercept: Int128, _ body: (Int128) -> Void) {
    approach(slope: slope, intercept: intercept, body)
    approach(slope: -slope, intercept: slope &* length &+ intercept) { body(length - $0) }
  }

  /// Columns of corners from x = 0 on, each nearer to the line than the one before, up to the nearest point there is.
  ///
  /// Two directions are kept: `flat` goes away from the line by `gain` at every step (its slope is at most the line's),
  /// `steep` comes nearer by `cost`, more than the `distance` that is left. Their combinations are all directions that
  /// matter; the next edge of the hull is the steepest that does not cross the line.
  private func approach(slope: Int128, intercept: Int128, _ body: (_ column: Int128) -> Void) {
    let one = UInt128(1) << UInt128(fraction)
    var distance = UInt128(truncatingIfNeeded: intercept) & (one - 1)
    var flat = (columns: UInt128(1), gain: UInt128(truncatingIfNeeded: slope) & (one - 1))
    var steep = (columns: UInt128(0), cost: one)
    var column = UInt128(0)
    let end = UInt128(length)
    body(0)
    while flat.gain > 0, flat.columns <= end - column {
      let remaining = end - column
      // The fewest flat steps that make one steep step affordable.
      let steps = (steep.cost - distance + flat.gain - 1) / flat.gain
      guard steps <= remaining / flat.columns else { break }
      if steps * flat.gain < steep.cost {
        let edge = (columns: steep.columns + steps * flat.columns, cost: steep.cost - steps * flat.gain)
        guard edge.columns <= remaining else { break }
        let times = min(distance / edge.cost, remaining / edge.columns)
        column += times * edge.columns
        distance -= times * edge.cost
        body(Int128(column))
        guard distance < edge.cost else { break }
        steep = edge
      } else {
        steep.columns += (steps - 1) * flat.columns
        steep.cost -= (steps - 1) * flat.gain
        let turns = flat.gain / steep.cost
        guard steep.columns <= remaining, turns <= remaining / steep.columns else { break }
        flat.columns += turns * steep.columns
        flat.gain -= turns * steep.cost
      }
    }
  }
}

/// What a plane over pairs of codes has to separate: at least `code` at every corner below, less than `code` at every corner
/// above.
struct PairCorners {
  struct Corner {
    var across: Int64
    var along: Int64
    var code: Int128
  }

  var below: [Corner] = []
  var above: [Corner] = []

  /// floor((across a + along b + addend) / 2^shift)
  struct Plane {
    var across: Int64
    var along: Int64
    /// The least that will do.
    var addend: Int128
  }

  /// The plane whose multipliers are the gains rounded to `shift` bits of fraction, where it separates the corners and there
  /// is one below it.
  func plane(gains: (across: Rational, along: Rational), shift: Int) -> Plane? {
    func multiplier(_ gain: Rational) -> Int64? {
      (gain * .powerOfTwo(shift)).roundedHalfEven.int64.flatMap { $0.magnitude < 1 << 40 ? $0 : nil }
    }
    guard let across = multiplier(gains.across), let along = multiplier(gains.along) else { return nil }
    func room(_ corner: Corner) -> Int128 {
      (corner.code << Int128(shift)) - Int128(across) * Int128(corner.across) - Int128(along) * Int128(corner.along)
    }
    guard let least = below.lazy.map(room).max() else { return nil }
    return above.allSatisfy { room($0) > least } ? Plane(across: across, along: along, addend: least) : nil
  }
}

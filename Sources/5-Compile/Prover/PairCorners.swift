import Numbers

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

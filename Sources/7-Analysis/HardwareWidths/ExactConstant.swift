import Numbers

/// A constant as its first hundred bits and whether that is all of it: it is rounded to many widths.
struct ExactConstant: Sendable {
  /// floor(value x 2^places)
  private let floor: Int128
  private let places: Int
  private let isExact: Bool
  /// About.
  let magnitude: Double

  /// nil for numbers beyond the range of doubles.
  init?(_ value: Rational) {
    let double = value.double
    guard double.isFinite, double != 0 || value.sign == 0 else { return nil }
    places = 110 - (double == 0 ? 0 : Int(double.exponent))
    let scaled = value.scaled(by: places)
    guard let floor = scaled.floor.int128 else { return nil }
    self.floor = floor
    isExact = scaled.isExact
    magnitude = abs(double)
  }

  var isNegative: Bool { floor < 0 }

  /// The integer next to value x 2^fractionBits, ties to even; nil where it needs more bits than there are.
  func units(fractionBits: Int) -> Int128? {
    let shift = places - fractionBits
    guard shift > 0 else { return isExact ? floor.shiftedLeft(by: -shift) : nil }
    guard shift < 126 else { return 0 }
    let quotient = floor >> Int128(shift)
    let rest = floor - (quotient << Int128(shift))
    let half = Int128(1) << Int128(shift - 1)
    return rest > half || rest == half && (!isExact || quotient & 1 == 1) ? quotient + 1 : quotient
  }
}

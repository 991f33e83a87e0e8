import Numbers

/// code = round((slope x (accumulator - cross term) + addend) x factor / 2^shift) + zero point: the datapath of one channel with
/// its constants as integers. Everything between them is exact.
struct DatapathLine: Hashable, Sendable {
  let slope: Int128
  let crossTerm: Int128
  let addend: Int128
  private let factor: Int128
  private let shift: Int
  let zeroPoint: Int128
  /// Whether ties are rounded to the even position, and not up.
  let tiesToEven: Bool

  /// nil where numbers are too large to tell.
  /// - Parameter accumulators: those that it will be asked for.
  init?(
    slope: Int128, crossTerm: Int128, addend: Int128, factor: Int128, shift: Int, zeroPoint: Int128, tiesToEven: Bool,
    accumulators: CodeRange
  ) {
    let sums = accumulators.wide.shifted(by: -crossTerm)
    let largest = max(sums.lowerBound.magnitude, sums.upperBound.magnitude)
    let (product, overflows) = slope.magnitude.multipliedReportingOverflow(by: largest)
    // Large numbers with few bits may have less than none right of the binary point.
    guard !overflows, product < 1 << 124, addend.magnitude < 1 << 124, shift < 180,
      let factor = factor.shiftedLeft(by: max(0, -shift))
    else { return nil }
    self.slope = slope
    self.crossTerm = crossTerm
    self.addend = addend
    self.factor = factor
    self.shift = max(0, shift)
    self.zeroPoint = zeroPoint
    self.tiesToEven = tiesToEven
  }

  /// Whether the code is at least this one.
  func reaches(_ code: Int64, at accumulator: Int64) -> Bool {
    let position = Int128(code) - zeroPoint
    let distance = compare(scaledSum(accumulator), with: 2 * position - 1)
    return distance > 0 || distance == 0 && (!tiesToEven || position & 1 == 0)
  }

  /// The code before clamping, found by halving.
  func code(at accumulator: Int64) -> Int128 {
    var least = -Int128(1) << 64
    var most = Int128(1) << 64
    let sum = scaledSum(accumulator)
    // The largest position that is reached.
    while most - least > 1 {
      let middle = (least + most) >> 1
      let distance = compare(sum, with: 2 * middle - 1)
      if distance > 0 || distance == 0 && (!tiesToEven || middle & 1 == 0) { least = middle } else { most = middle }
    }
    return least + zeroPoint
  }

  /// The position of the code before rounding and the zero point: slope x accumulator + shift.
  var position: (slope: Rational, shift: Rational) {
    let unit = Rational.powerOfTwo(-shift)
    return (Rational(slope) * Rational(factor) * unit, Rational(addend - slope * crossTerm) * Rational(factor) * unit)
  }

  private func scaledSum(_ accumulator: Int64) -> Int128 {
    slope * (Int128(accumulator) - crossTerm) + addend
  }

  /// The sign of 2 x sum x factor / 2^shift - bound.
  private func compare(_ sum: Int128, with bound: Int128) -> Int {
    let (narrow, overflows) = (2 * sum).multipliedReportingOverflow(by: factor)
    if !overflows, let wanted = bound.shiftedLeft(by: shift) {
      return (narrow > wanted ? 1 : 0) - (narrow < wanted ? 1 : 0)
    }
    // Of 256 bits.
    let product = (2 * sum).multipliedFullWidth(by: factor)
    let (upper, lower) =
      shift < 128
      ? (bound >> Int128(128 - shift), UInt128(truncatingIfNeeded: bound) << UInt128(shift))
      : (bound << Int128(shift - 128), 0)
    if product.high != upper { return product.high > upper ? 1 : -1 }
    return (product.low > lower ? 1 : 0) - (product.low < lower ? 1 : 0)
  }
}

extension Rational {
  fileprivate init(_ integer: Int128) {
    let lower = integer & (1 << 62 - 1)
    self = Rational(Int64(integer >> 62)) * .powerOfTwo(62) + Rational(Int64(lower))
  }
}

import Numbers

/// An affine ideal function before rounding, counted in steps from the accumulator where it is least, and over as many steps as
/// there are accumulators behind that.
protocol Positions {
  /// The first step whose position is at least half of `double`, or the one behind the last; nil where that is left open.
  func firstStep(atDouble double: Int128) -> Int128?

  /// Whether the first position is half of `double`; nil where that is left open.
  func startsAt(double: Int128) -> Bool?

  /// position + 1/2 - `least` over the steps of a range, whose floor is the rounded position, counted from `least` to keep
  /// numbers small; nil where they are too large all the same.
  func halfUp(from start: Int128, to end: Int128, countingFrom least: Int128) -> CutLine?
}

/// Positions over one denominator: position(step) = (gain x step + first) / unit.
struct RisingPositions: Positions {
  /// Above zero.
  private let gain: BigInteger
  private let first: BigInteger
  private let unit: BigInteger
  private let length: BigInteger

  init(of ideal: IdealFunction.Affine, over accumulators: ClosedRange<Int64>) {
    let (scale, shift, unit) = ideal.scale.overCommonDenominator(with: ideal.shift)
    let origin = ideal.scale.sign < 0 ? accumulators.upperBound : accumulators.lowerBound
    gain = scale.magnitude
    first = scale * BigInteger(word: origin) + shift
    self.unit = unit
    length = BigInteger(word: accumulators.upperBound) - BigInteger(word: accumulators.lowerBound)
  }

  func firstStep(atDouble double: Int128) -> Int128? {
    (-floorDivide((first << 1) - BigInteger(double) * unit, by: gain << 1).floor).clamped(to: 0...length + 1).int128
  }

  /// The same for a run of codes, one apart, where numbers are small enough to be counted in machine words; nil where they are not.
  func firstSteps(atDouble first: Int64, every step: Int64, count: Int) -> [Int64]? {
    let limit: UInt128 = 1 << 120
    let farthest = max(first.magnitude, (first + step * Int64(count)).magnitude)
    guard let gain = (gain << 1).int128, let origin = (self.first << 1).int128, let unit = unit.int128,
      gain.magnitude < limit, origin.magnitude < limit, farthest < 1 << 24, unit.magnitude < limit >> 25
    else { return nil }
    return (0..<count).map { index in
      // The least n with gain n >= this.
      let wanted = Int128(first + step * Int64(index)) * unit - origin
      let (quotient, remainder) = wanted.quotientAndRemainder(dividingBy: gain)
      return Int64(clamping: quotient + (remainder > 0 ? 1 : 0))
    }
  }

  func startsAt(double: Int128) -> Bool? { first << 1 == BigInteger(double) * unit }

  func halfUp(from start: Int128, to end: Int128, countingFrom least: Int128) -> CutLine? {
    let (start, end, least) = (BigInteger(start), BigInteger(end), BigInteger(least))
    let position = first + gain * start - least * unit
    let line = (position << 1) + unit
    let length = end - start
    // Of the line's ends, and of its slope where it has one end only.
    let most = [line, line + (gain << 1) * length, gain << 1].map(\.bitWidth).max() ?? 0
    let fraction = min(120 - max(most - unit.bitWidth + 3, 2), CutLine.maximumFraction)
    guard fraction > 8, length.bitWidth < 60 else { return nil }
    let slope = floorDivide(gain << fraction, by: unit)
    let intercept = floorDivide(line << (fraction - 1), by: unit)
    guard let cutSlope = slope.floor.int128, let cutIntercept = intercept.floor.int128, let cutLength = length.int128
    else {
      return nil
    }
    return CutLine(
      cut: FixedPointLine(slope: cutSlope, intercept: cutIntercept, fraction: fraction, length: cutLength),
      error: slope.isExact && intercept.isExact ? 0 : cutLength + 2)
  }
}

/// A line cut off at some bits of fraction.
struct CutLine {
  /// Bits of fraction that a line is looked at with, at most.
  static let maximumFraction = 100

  var cut: FixedPointLine
  /// By how many units the uncut line may lie above it, less than that; 0 where nothing was cut off.
  var error: Int128

  /// Whether corners are those of the uncut line, and none is a tie. A tie lies on the line. Cutting moved the line down: nothing
  /// changed unless a point above is nearer than that. Where nothing was cut off a tie lies on the cut line too.
  func isDecided(below: [LatticePoint], above: [LatticePoint]) -> Bool {
    func distance(_ y: Int128, _ x: Int128) -> Int128 {
      (y &<< Int128(cut.fraction)) - (cut.slope * x + cut.intercept)
    }
    guard below.allSatisfy({ distance($0.y, $0.x) != 0 }) else { return false }
    return error == 0
      || above.allSatisfy { distance($0.y, $0.x) > error } && below.allSatisfy { distance($0.y + 1, $0.x) > error }
  }
}

/// floor(dividend / divisor) for a positive divisor, and whether that is all of it.
private func floorDivide(_ dividend: BigInteger, by divisor: BigInteger) -> (floor: BigInteger, isExact: Bool) {
  let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
  return (remainder.signum() < 0 ? quotient - 1 : quotient, remainder.isZero)
}

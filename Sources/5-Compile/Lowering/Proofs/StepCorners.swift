import BigInt
import Numbers
import Quantization

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
  private(set) var constant: BigInt?
  /// floor(|scale| x 2^fraction)
  private(set) var slope: Int128 = 0
  private(set) var fraction = 0
  /// The accumulator with the smallest ideal value that matters, and the direction in which values rise from there.
  private(set) var start: Int64 = 0
  private(set) var direction: Int64 = 1
  /// The code at the start.
  private(set) var lowest: Int128 = 0

  /// Bits of fraction that the line is looked at with.
  private static let maximumFraction = 100

  /// nil where the ideal function reaches ties, which no line rounds right, or numbers are too large to tell.
  init?(_ ideal: IdealFunction.Affine, accumulators: ClosedRange<Int64>) {
    guard let ideal = ideal.roundingHalfEven else { return nil }
    direction = ideal.scale.sign < 0 ? -1 : 1
    let origin = direction < 0 ? accumulators.upperBound : accumulators.lowerBound
    let end = direction < 0 ? accumulators.lowerBound : accumulators.upperBound
    let least = BigInt(word: ideal.clamp.lowerBound) - BigInt(word: ideal.offset)
    let most = BigInt(word: ideal.clamp.upperBound) - BigInt(word: ideal.offset)
    start = origin
    lowest = least.int128
    guard ideal.scale.sign != 0 else {
      constant = min(max(ideal.shift.roundedHalfEven, least), most)
      return
    }

    // Everything over one denominator: position = (gain x step + first) / unit, steps counted up from the origin.
    let (scale, shift, unit) = ideal.scale.overCommonDenominator(with: ideal.shift)
    let gain = BigInt(scale.magnitude)
    let first = scale * BigInt(word: origin) + shift
    let twice = gain << 1
    func firstStep(at doubledPosition: BigInt) -> BigInt {
      -floorDivide((first << 1) - doubledPosition * unit, by: twice)
    }

    // The steps at which the code leaves its least (past least + 1/2), and at which it becomes its most.
    let length = BigInt(word: accumulators.upperBound) - BigInt(word: accumulators.lowerBound)
    let leaves = firstStep(at: (least << 1) + 1)
    let arrives = leaves > length ? leaves : firstStep(at: (most << 1) - 1)
    if least == most || leaves > length {
      constant = least
      above = [Corner(accumulator: end, code: Int128(least) + 1)]
      return
    }
    if arrives <= 0 {
      constant = most
      below = [Corner(accumulator: origin, code: Int128(most))]
      return
    }
    let skipped = max(leaves - 1, 0)
    let last = min(arrives, length)
    start = origin + direction * Int64(skipped)

    // The code is floor(line), line = position + 1/2, counted from the least code to keep numbers small.
    let line = ((first + gain * skipped) << 1) + unit - ((least * unit) << 1)
    let span = (line + twice * (last - skipped)).magnitude.bitWidth - unit.magnitude.bitWidth + 3
    fraction = min(120 - max(span, 2), Self.maximumFraction)
    guard fraction > 8, (last - skipped).magnitude.bitWidth < 60 else { return nil }
    let slopeFloor = floorDivide(gain << fraction, by: unit)
    let lineFloor = floorDivide(line << (fraction - 1), by: unit)
    let slopeIsExact = slopeFloor * unit == gain << fraction
    let lineIsExact = lineFloor * unit == line << (fraction - 1)
    let slopeBits = slopeFloor.int128
    let lineBits = lineFloor.int128
    slope = slopeBits
    let whole = FixedPointLine(
      slope: slopeBits, intercept: lineBits, fraction: fraction, length: Int128(last - skipped))

    // At least the code from where it has left its least up to where it becomes its most …
    let offset = Int128(max(leaves, 0) - skipped)
    var rising = whole
    rising.intercept += slopeBits * offset
    rising.length -= offset
    let lower = rising.cornersBelow.map { LatticePoint(x: $0.x + offset, y: $0.y) }
    // … and less than the next code up to just before that.
    var open = whole
    if arrives <= length { open.length -= 1 }
    let upper = open.length < 0 ? [] : open.cornersAbove

    // A tie lies on the line. Cutting it off at `fraction` bits moved the line down, by less than length + 1 units: nothing
    // changed unless a point above is nearer than that.
    let one = Int128(1) << Int128(fraction)
    func height(_ x: Int128) -> Int128 { slopeBits * x + lineBits }
    if slopeIsExact && lineIsExact {
      if lower.contains(where: { $0.y * one == height($0.x) }) { return nil }
    } else {
      let margin = whole.length + 2
      if upper.contains(where: { $0.y * one - height($0.x) <= margin }) { return nil }
      if lower.contains(where: { ($0.y + 1) * one - height($0.x) <= margin }) { return nil }
    }
    below = lower.map(corner)
    above = upper.map(corner)
  }

  private func corner(_ point: LatticePoint) -> Corner {
    Corner(accumulator: start + direction * Int64(point.x), code: lowest + point.y)
  }
}

/// floor(dividend / divisor) for a positive divisor.
private func floorDivide(_ dividend: BigInt, by divisor: BigInt) -> BigInt {
  let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
  return remainder.signum() < 0 ? quotient - 1 : quotient
}

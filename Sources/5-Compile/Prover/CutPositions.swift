import Numbers

/// Positions in machine words: cut off at some bits of fraction, and asked only what that leaves no doubt of.
struct CutPositions: Positions {
  private let line: FixedPointLine
  /// What was cut off of a position, in units of the last bit: at least the lower bound, less than the upper one.
  private let error: Range<Int128>
  private let isExact: Bool

  /// nil where numbers are too large, or the scale too small.
  init?(of ideal: IdealFunction.Affine, over accumulators: ClosedRange<Int64>) {
    let isFalling = ideal.scale.sign < 0
    // |scale| x (origin + step) + shift
    let origin = isFalling ? -Int128(accumulators.upperBound) : Int128(accumulators.lowerBound)
    let length = Int128(accumulators.upperBound) - Int128(accumulators.lowerBound)
    let farthest = max(origin.magnitude, (origin + length).magnitude)
    let codes = max(ideal.clamp.lowerBound.magnitude, ideal.clamp.upperBound.magnitude, ideal.offset.magnitude)
    let bits = max(
      ideal.scale.exponentBound + 128 - farthest.leadingZeroBitCount, ideal.shift.exponentBound,
      64 - codes.leadingZeroBitCount + 2)
    let fraction = min(CutLine.maximumFraction, 119 - bits)
    guard fraction > 8 else { return nil }
    let (slope, isSlopeExact) = ideal.scale.magnitude.scaled(by: fraction)
    let (shift, isShiftExact) = ideal.shift.scaled(by: fraction)
    guard let slope = slope.int128, slope > 0, let shift = shift.int128 else { return nil }
    line = FixedPointLine(slope: slope, intercept: slope * origin + shift, fraction: fraction, length: length)
    isExact = isSlopeExact && isShiftExact
    // Of the slope less than one unit is missing, as many times as it is taken, and of the shift less than one.
    error = isExact ? 0..<1 : min(0, origin)..<max(0, origin + length) + 1
  }

  private func value(at step: Int128) -> Int128 { line.slope * step + line.intercept }

  private func units(ofDouble double: Int128) -> Int128 { double &<< Int128(line.fraction - 1) }

  func firstStep(atDouble double: Int128) -> Int128? {
    let wanted = units(ofDouble: double)
    func isReached(at step: Int128) -> Bool { value(at: step) + error.lowerBound >= wanted }
    func isMissed(at step: Int128) -> Bool { value(at: step) + error.upperBound <= wanted }
    if isReached(at: 0) { return 0 }
    if isMissed(at: line.length) { return line.length + 1 }
    let step = (wanted - error.lowerBound - line.intercept + line.slope - 1) / line.slope
    return step > 0 && step <= line.length && isMissed(at: step - 1) ? step : nil
  }

  func startsAt(double: Int128) -> Bool? {
    let rest = line.intercept - units(ofDouble: double)
    if isExact { return rest == 0 }
    return rest + error.lowerBound > 0 || rest + error.upperBound <= 0 ? false : nil
  }

  func halfUp(from start: Int128, to end: Int128, countingFrom least: Int128) -> CutLine? {
    CutLine(
      cut: FixedPointLine(
        slope: line.slope, intercept: value(at: start) + units(ofDouble: 1 - 2 * least) + error.lowerBound,
        fraction: line.fraction, length: end - start),
      error: isExact ? 0 : error.upperBound - error.lowerBound)
  }
}

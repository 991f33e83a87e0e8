import BigInt
import Numbers
import Quantization

extension IdealFunction.Affine {
  /// The same function of these accumulators without ties, where all of them go up or all go down to an even code: moved by a
  /// hair that way. nil where they go both ways, or rounding is another.
  func withoutTies(over accumulators: ClosedRange<Int64>) -> IdealFunction.Affine? {
    guard rounding == .halfEven, scale.sign != 0 else { return nil }
    // position = (gain x accumulator + first) / unit is half of an odd number where
    // 2 gain x accumulator = unit - 2 first, modulo 2 unit.
    let (gain, first, unit) = scale.overCommonDenominator(with: shift)
    let modulus = unit << 1
    let shared = (gain << 1).magnitude.greatestCommonDivisor(with: modulus.magnitude)
    let (wanted, remainder) = (unit - (first << 1)).quotientAndRemainder(dividingBy: BigInt(shared))
    let period = modulus / BigInt(shared)
    let rise = (gain << 1) / BigInt(shared)
    guard remainder == 0, let inverse = period == 1 ? 0 : rise.inverse(period) else { return self }
    let lowest = BigInt(accumulators.lowerBound)
    let tie = lowest + (wanted * inverse - lowest).modulus(period)
    if tie > accumulators.upperBound { return self }
    // From one tie to the next the codes rise by this.
    guard tie + period > accumulators.upperBound || rise.magnitude & 1 == 0 else { return nil }
    let below = (((gain * tie + first) << 1) - unit) / modulus
    let hair = Rational(1, over: unit << 3)
    var moved = self
    moved.shift = below.magnitude & 1 == 0 ? shift - hair : shift + hair
    return moved
  }
}

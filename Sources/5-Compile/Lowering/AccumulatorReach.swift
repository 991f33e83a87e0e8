import IntegerProgram
import Numbers

/// What the accumulators of a linear layer can reach.
struct AccumulatorReach {
  /// The final sums of each output channel.
  var channels: [CodeRange]
  /// Every partial sum of every channel, in any order of the taps and limbs.
  var partial: CodeRange
  /// Sum of the weights of each output channel.
  var weightSums: [Int64]

  /// nil where an accumulator would need more than 62 bits.
  ///
  /// - Parameter codes: the input's codes, the padding's among them.
  init?(_ weights: OperandWeights, codes: CodeRange) {
    var magnitudes = [Double](repeating: 0, count: weights.outputChannels)
    weights.forEach { magnitudes[$1] += abs(Double($0)) }
    let isInLimbs = limbCount(of: codes) > 1 || weights.limbs > 1
    let magnitude = Double(codes.largestMagnitude) + (limbCount(of: codes) > 1 ? 65536 : 0)
    let largest = (magnitudes.max() ?? 0) + (weights.limbs > 1 ? 65536 * Double(weights.codes.count) : 0)
    guard largest * magnitude < 0x1p61 else { return nil }

    var finals = [CodeRange](repeating: 0...0, count: weights.outputChannels)
    var partials = finals
    var sums = [Int64](repeating: 0, count: weights.outputChannels)
    weights.forEach { weight, channel in
      let term = codes.scaled(by: weight)
      finals[channel] = finals[channel] + term
      partials[channel] = partials[channel] + term.including(0)
      sums[channel] += weight
    }
    channels = finals
    weightSums = sums
    let bound = Int64(largest * magnitude)
    partial = isInLimbs ? -bound...bound : partials.hull() ?? 0...0
  }
}

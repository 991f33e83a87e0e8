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

    // The sums of the weights above and of those below zero say everything.
    var positive = [Int64](repeating: 0, count: weights.outputChannels)
    var negative = positive
    weights.forEach { weight, channel in
      positive[channel] += max(weight, 0)
      negative[channel] += min(weight, 0)
    }
    func reach(_ codes: CodeRange) -> [CodeRange] {
      zip(positive, negative).map { codes.scaled(by: $0) + codes.scaled(by: $1) }
    }
    channels = reach(codes)
    weightSums = zip(positive, negative).map(+)
    let bound = Int64(largest * magnitude)
    partial = isInLimbs ? -bound...bound : reach(codes.including(0)).hull() ?? 0...0
  }
}

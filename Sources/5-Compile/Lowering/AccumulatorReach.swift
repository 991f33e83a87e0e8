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
  /// - Parameters:
  ///   - codes: the input's codes, the padding's among them.
  ///   - outputChannel: of a weight, by index.
  init?(
    weights: [Int64], outputChannels: Int, outputChannel: (Int) -> Int, codes: CodeRange, inputLimbs: Int,
    weightLimbs: Int
  ) {
    var positive = [Double](repeating: 0, count: outputChannels)
    for (index, weight) in weights.enumerated() { positive[outputChannel(index)] += abs(Double(weight)) }
    let magnitude = Double(codes.largestMagnitude) + (inputLimbs > 1 ? 65536 : 0)
    let largest = (positive.max() ?? 0) + (weightLimbs > 1 ? 65536 * Double(weights.count) : 0)
    guard largest * magnitude < 0x1p61 else { return nil }

    var lower = [Int64](repeating: 0, count: outputChannels)
    var upper = lower
    var sums = lower
    var partialLower = lower
    var partialUpper = lower
    for (index, weight) in weights.enumerated() where weight != 0 {
      let channel = outputChannel(index)
      let first = weight * codes.lowerBound
      let second = weight * codes.upperBound
      let least = min(first, second)
      let most = max(first, second)
      lower[channel] += least
      upper[channel] += most
      partialLower[channel] += min(least, 0)
      partialUpper[channel] += max(most, 0)
      sums[channel] += weight
    }
    channels = zip(lower, upper).map { $0...$1 }
    weightSums = sums
    let bound = Int64(largest * magnitude)
    partial =
      inputLimbs > 1 || weightLimbs > 1
      ? -bound...bound : (partialLower.min() ?? 0)...(partialUpper.max() ?? 0)
  }
}

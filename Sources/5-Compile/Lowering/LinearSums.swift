import Numbers

/// What a linear layer sums: acc[o] = initial[o] + sum of weight code x input code, value[o] = scale[o] acc[o] + shift[o]. The
/// zero point's part and the bias are in the shift, or in the initial value where accumulators are handed out.
struct LinearSums {
  var initial: [Int64]
  var coding: Coding
  /// The finished accumulators of each output channel.
  var finals: PerChannel<CodeRange>
  /// Every accumulator on its way.
  var accumulatorRange: CodeRange

  /// - Parameters:
  ///   - scales: of the accumulators, none of them zero.
  ///   - zero: the input's code for zero.
  init(
    _ reach: AccumulatorReach, scales: PerChannel<Rational>, zero: Int64, biases: [Rational]?, areHandedOut: Bool
  ) {
    let channels = reach.channels.count
    var initial = [Int64](repeating: 0, count: channels)
    let shifts = PerChannel(channels: channels) { channel in
      let scale = scales[channel]
      let zeroPart = -Rational(zero) * Rational(reach.weightSums[channel])
      let shift = scale * zeroPart + (biases?[channel] ?? .zero)
      guard areHandedOut else { return shift }
      let steps = shift / scale
      // The bias as part of the accumulator where it is a multiple of its scale, the zero point's part always.
      let whole = steps.isInteger ? steps.floor : zeroPart.floor
      guard let whole = whole.int64, whole.magnitude < 1 << 61 else { return shift }
      initial[channel] = whole
      return shift - scale * Rational(whole)
    }
    self.initial = initial
    coding = Coding(scales: scales, shifts: shifts.merged)
    finals = PerChannel(channels: channels) { reach.channels[$0].shifted(by: initial[$0]) }
    let partial = reach.partial + (initial.hull() ?? 0...0).including(0)
    accumulatorRange = partial.hull(with: finals.hull())
  }
}

import IntegerProgram
import Numbers
import QIR

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
    // The sums of the weights above and of those below zero say everything.
    let sums = weights.codes.columnSums(weights.outputChannels)
    let isInLimbs = limbCount(of: codes) > 1 || weights.limbs > 1
    let magnitude = Double(codes.largestMagnitude) + (limbCount(of: codes) > 1 ? 65536 : 0)
    let largest =
      Double(zip(sums.positive, sums.negative).map(-).max() ?? 0)
      + (weights.limbs > 1 ? 65536 * Double(weights.codes.count) : 0)
    guard largest * max(magnitude, 1) < 0x1p61 else { return nil }

    let (positive, negative) = (sums.positive.map { Int64($0) }, sums.negative.map { Int64($0) })
    func reach(_ codes: CodeRange) -> [CodeRange] {
      zip(positive, negative).map { codes.scaled(by: $0) + codes.scaled(by: $1) }
    }
    channels = reach(codes)
    weightSums = zip(positive, negative).map(+)
    let bound = Int64(largest * magnitude)
    partial = isInLimbs ? -bound...bound : reach(codes.including(0)).hull() ?? 0...0
  }
}

/// Sums that one quantizer alone reads: it emits their instruction, with its requantization as the last stage.
struct PendingSums {
  enum Kind {
    case linear(LinearInstruction)
    case combine(CombineInstruction)
    case matrixProduct(MatrixProductInstruction)
    /// The sums of windows, with the numbers of pixels that lie inside them.
    case pool(PoolInstruction, pixels: Set<Int>)
  }

  var kind: Kind
  /// Whose sums they are.
  var node: NodeID
  /// What the sums can reach.
  var reach: PerChannel<CodeRange>

  var output: TensorID {
    switch kind {
    case .linear(let linear): linear.output
    case .combine(let step): step.output
    case .matrixProduct(let step): step.output
    case .pool(let pool, _): pool.output
    }
  }

  /// The program's instruction: `stage` is asked for what becomes of the sums, of windows for each number of pixels inside.
  func emitted(_ stage: (_ pixels: Int?) throws -> OutputStage) rethrows -> Instruction {
    switch kind {
    case .linear(var linear):
      linear.stage = try stage(nil)
      return .linear(linear)
    case .combine(var step):
      step.stage = try stage(nil)
      return .combine(step)
    case .matrixProduct(var step):
      step.stage = try stage(nil)
      return .matrixProduct(step)
    case .pool(var pool, let pixels):
      pool.kind = .sum(stages: Dictionary(uniqueKeysWithValues: try pixels.sorted().map { ($0, try stage($0)) }))
      return .pool(pool)
    }
  }
}

import Diagnostics
import Numbers
import Tiling

/// A convolution, depthwise convolution or fully connected layer:
/// accumulator[o] = initial[o] + sum over taps of input code x weight code, exact.
/// Taps outside the feature map read `paddingCode`, the code of zero.
package struct LinearInstruction: Hashable, Sendable, InstructionKind {
  package var name: String
  package var input: TensorID
  package var output: TensorID
  /// Engine, extents, kernel, stride, dilation, padding, groups, operand widths.
  package var shape: LinearLayerShape
  package var paddingCode: Int64
  /// Convolution: kernel rows x kernel columns x input channels per group x output channels (HWIO).
  /// Depthwise: kernel rows x kernel columns x input channels x channel multiplier; output channel = c * multiplier + m.
  /// Fully connected: inputs x outputs. Last index fastest. Wider than 16 bits only where `shape.weightLimbs` > 1.
  package var weights: [Int64]
  /// One per output channel: the bias where it is a multiple of the accumulator's scale.
  package var initial: [Int64]
  /// What the accumulator can reach at any moment, partial sums in any order included.
  package var accumulatorRange: CodeRange
  package var stage: OutputStage

  /// From the least to the largest weight, zero included.
  package var weightRange: CodeRange { (weights.hull() ?? 0...0).including(0) }

  /// What holds every weight.
  package var weightType: IntegerType { .narrowestSigned(holding: weightRange) }

  package init(
    name: String, input: TensorID, output: TensorID, shape: LinearLayerShape, paddingCode: Int64, weights: [Int64],
    initial: [Int64], accumulatorRange: CodeRange, stage: OutputStage
  ) {
    self.name = name
    self.input = input
    self.output = output
    self.shape = shape
    self.paddingCode = paddingCode
    self.weights = weights
    self.initial = initial
    self.accumulatorRange = accumulatorRange
    self.stage = stage
  }

  /// Bounds of every output channel's accumulator for input codes in `inputRange`, padding included. `weights` and
  /// `initial` must have the counts that `shape` asks for.
  package func accumulatorBounds(inputRange: CodeRange) -> [AccumulatorBounds] {
    let codes = (shape.readsPadding ? inputRange.including(paddingCode) : inputRange).wide
    // A tap's term is weight * lower ... weight * upper, turned round where the weight is negative: the sums of the
    // positive and of the negative weights say everything.
    let (positive, negative) = shape.weightLimbs > 1 ? weightSums(as: Int128.self) : weightSums(as: Int64.self)
    return initial.indices.map { channel in
      var bounds = AccumulatorBounds(initial: initial[channel])
      bounds.add(codes.scaled(by: positive[channel]))
      bounds.add(codes.scaled(by: negative[channel]))
      return bounds
    }
  }

  /// Per output channel the sum of the weights above and of those below zero. `Sum` must hold them.
  private func weightSums<Sum: FixedWidthInteger>(as _: Sum.Type) -> (positive: [Int128], negative: [Int128]) {
    let channels = shape.output.channels
    var positive = [Sum](repeating: 0, count: channels)
    var negative = [Sum](repeating: 0, count: channels)
    var channel = 0
    for weight in weights {
      // Without a branch on the sign, which nobody foresees.
      positive[channel] += Sum(max(weight, 0))
      negative[channel] += Sum(min(weight, 0))
      channel += 1
      if channel == channels { channel = 0 }
    }
    return (positive.map { Int128($0) }, negative.map { Int128($0) })
  }

  var inputs: [TensorID] { [input] }
  var mnemonic: String { shape.engine.name }

  func verify(by verifier: inout ProgramVerifier) { verifier.verify(self) }
}

extension ProgramVerifier {
  mutating func verify(_ instruction: LinearInstruction) {
    let shape = instruction.shape
    let input = program[instruction.input]
    let output = program[instruction.output]
    do {
      try shape.check(layer: instruction.name)
    } catch {
      problems.report(contentsOf: error)
      return
    }
    if !shape.engine.hasPixels {
      require(
        input.shape.elements == shape.input.elements, "\(input.shape.elements) elements", tensor: input.name,
        supported: "\(shape.input.elements) inputs")
    } else {
      requireShape(shape.input, of: input)
    }
    requireShape(shape.output, of: output)
    guard verifyOperands(instruction, input: input) else { return }

    let weightCount = shape.kernel.rows * shape.kernel.columns * shape.reducedChannels * shape.output.channels
    guard
      require(
        instruction.weights.count == weightCount, "\(instruction.weights.count) weights", supported: "\(weightCount)"),
      require(
        instruction.initial.count == shape.output.channels, "\(instruction.initial.count) initial accumulators",
        supported: "one per output channel (\(shape.output.channels))")
    else { return }

    let bounds = instruction.accumulatorBounds(inputRange: input.range)
    for (channel, bounds) in bounds.enumerated() where !instruction.accumulatorRange.wide.contains(bounds.partial) {
      let range = instruction.accumulatorRange
      report(
        "accumulators of channel \(channel) from \(bounds.partial.lowerBound) to \(bounds.partial.upperBound)",
        supported: "the instruction's range, \(range.lowerBound) to \(range.upperBound)")
      return
    }
    verify(instruction.stage, accumulators: PerChannel(bounds.map(\.final)), output: output)
  }

  /// Widths of codes and weights against limbs and stored widths.
  /// Returns whether the accumulators' bounds can be computed.
  private mutating func verifyOperands(_ instruction: LinearInstruction, input: ProgramTensor) -> Bool {
    let shape = instruction.shape
    let weights = instruction.weightRange
    let weightBits = instruction.weightType.bits
    let fits = require(
      limbCount(of: weights) <= shape.weightLimbs,
      "weights from \(weights.lowerBound) to \(weights.upperBound) in \(shape.weightLimbs) limbs of 16 bits",
      supported: "\(limbCount(of: weights)) limbs")
    require(
      input.limbs == shape.inputLimbs, "feature map codes in \(shape.inputLimbs) limbs of 16 bits",
      tensor: input.name, supported: "\(input.limbs) limbs")
    let widths = [
      ("feature map codes", input.type.bits, shape.activationBits), ("weights", weightBits, shape.weightBits),
    ]
    for (name, bits, declared) in widths {
      require(
        bits <= LinearLayerShape.storedBits(declared), "\(name) of \(bits) bits stored as \(declared) bits",
        supported: "a width that holds every code")
    }
    require(
      !shape.readsPadding || input.type.range.contains(instruction.paddingCode),
      "padding code \(instruction.paddingCode)", supported: "what the feature map's type \(input.type) holds")
    let sumBits = input.type.bits + weightBits + Int.bitWidth - instruction.weights.count.leadingZeroBitCount
    return require(sumBits < 120, "sums of up to \(sumBits) bits", supported: "fewer than 120 bits") && fits
  }
}

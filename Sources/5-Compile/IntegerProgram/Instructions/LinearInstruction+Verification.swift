import Diagnostics
import Numbers
import Tiling

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

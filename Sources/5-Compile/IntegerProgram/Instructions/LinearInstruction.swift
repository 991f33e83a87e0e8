import Diagnostics
import Numbers
import Targets
import Text
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
  package var weights: IntegerArray
  /// One per output channel: the bias where it is a multiple of the accumulator's scale.
  package var initial: [Int64]
  /// What the accumulator can reach at any moment, partial sums in any order included.
  package var accumulatorRange: CodeRange
  package var stage: OutputStage

  /// From the least to the largest weight, zero included.
  package var weightRange: CodeRange { weights.range.including(0) }

  /// What holds every weight.
  package var weightType: IntegerType { .narrowestSigned(holding: weightRange) }

  package init(
    name: String, input: TensorID, output: TensorID, shape: LinearLayerShape, paddingCode: Int64, weights: IntegerArray,
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
    let (positive, negative) = weights.columnSums(shape.output.channels)
    return initial.indices.map { channel in
      var bounds = AccumulatorBounds(initial: initial[channel])
      bounds.add(codes.scaled(by: positive[channel]))
      bounds.add(codes.scaled(by: negative[channel]))
      return bounds
    }
  }

  var inputs: [TensorID] { [input] }
  var mnemonic: String { shape.engine.name }

  func verify(by verifier: inout ProgramVerifier) { verifier.verify(self) }

  func write(to writer: inout AttributeWriter, in program: IntegerProgram) {
    let input = program[input]
    writer.write("kernel", shape.kernel, unless: .one)
    writer.write("stride", shape.stride, unless: .one)
    writer.write("dilation", shape.dilation, unless: .one)
    writer.write("padding", [shape.padding.top, shape.padding.left], unless: [0, 0])
    writer.write("code", paddingCode, unless: 0)
    writer.write("groups", shape.groups, unless: 1)
    writer.write("multiplier", shape.channelMultiplier, unless: 1)
    writer.write("weights", text: weightText(writer.constants))
    writer.write("initial", initial, unless: initial.map { _ in 0 })
    // Widths that do not follow from the codes.
    writer.write("input_bits", shape.activationBits, unless: input.type.bits)
    writer.write("input_limbs", shape.inputLimbs, unless: input.limbs)
    writer.write("weight_limbs", shape.weightLimbs, unless: limbCount(of: weightRange))
    writer.write("accumulator", accumulatorRange)
    writer.write(stage)
  }

  /// `int4(1, -2, …)`, as wide as the model declares them.
  private func weightText(_ constants: ConstantStyle) -> String {
    "int\(shape.weightBits)(\(NumberList.text(weights.widened, constants) { $0.code(bits: shape.weightBits) }))"
  }

  init(_ reader: inout InstructionReader, engine: EngineKind) throws {
    let input = try reader.input()
    let map = reader.program[input]
    var shape = LinearLayerShape(
      engine: engine,
      input: engine.hasPixels ? map.shape : MapShape(rows: 1, columns: 1, channels: map.shape.elements),
      output: reader.outputTensor.shape,
      kernel: try reader.attributes.read("kernel", default: .one),
      stride: try reader.attributes.read("stride", default: .one),
      dilation: try reader.attributes.read("dilation", default: .one))
    let padding: Extents = try reader.attributes.read("padding", default: Extents(rows: 0, columns: 0))
    shape.padding = .init(top: padding.rows, left: padding.columns)
    shape.groups = try reader.attributes.read("groups", default: 1)
    shape.channelMultiplier = try reader.attributes.read("multiplier", default: 1)
    let (bits, weights) = try reader.weights(of: shape)
    shape.weightBits = bits
    shape.activationBits = try reader.attributes.read("input_bits", default: map.type.bits)
    shape.inputLimbs = try reader.attributes.read("input_limbs", default: map.limbs)
    self.init(
      name: reader.name, input: input, output: reader.output, shape: shape,
      paddingCode: try reader.attributes.read("code", default: 0), weights: IntegerArray(weights),
      initial: try reader.attributes.read("initial", default: Array(repeating: 0, count: shape.output.channels)),
      accumulatorRange: try reader.attributes.read("accumulator"), stage: try reader.stage())
    self.shape.weightLimbs = try reader.attributes.read("weight_limbs", default: limbCount(of: weightRange))
  }
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
    if case .requantize(let requantization) = instruction.stage {
      require(
        requantization.quotients == nil, "a quotient behind a layer's sums", supported: "shifts, which engines have")
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

extension InstructionReader {
  /// As wide as they are declared; `splat` and `seeded` are as many as the layer's shape asks for.
  fileprivate mutating func weights(of shape: LinearLayerShape) throws -> (bits: Int, codes: [Int64]) {
    let count = [
      shape.kernel.rows, shape.kernel.columns, shape.output.channels, shape.groups > 0 ? shape.reducedChannels : 0,
    ]
    try require(
      count.allSatisfy { $0 > 0 } && count.reduce(1.0, { $0 * Double($1) }) <= Double(1 << 28),
      "a layer of \(count.map(String.init).joined(separator: " x ")) weights", at: attributes.location)
    let found: (Int, [Int64])? = try attributes.readIfPresent("weights") { scanner in
      let before = scanner
      let type = try scanner.word()
      guard type.hasPrefix("int"), let bits = Int(type.dropFirst(3)), (1...63).contains(bits) else {
        throw before.refused("int4(codes)")
      }
      return (bits, try NumberList.numbers(&scanner, count: count.reduce(1, *)) { $0.code(bits: bits) })
    }
    guard let found else { throw Diagnostic("no attribute 'weights'", at: attributes.location) }
    return found
  }
}

import Diagnostics
import Numbers
import Targets
import Text
import Tiling

extension LinearInstruction {
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
    "int\(shape.weightBits)(\(NumberList.text(weights, constants) { $0.code(bits: shape.weightBits) }))"
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
      paddingCode: try reader.attributes.read("code", default: 0), weights: weights,
      initial: try reader.attributes.read("initial", default: Array(repeating: 0, count: shape.output.channels)),
      accumulatorRange: try reader.attributes.read("accumulator"), stage: try reader.stage())
    self.shape.weightLimbs = try reader.attributes.read("weight_limbs", default: limbCount(of: weightRange))
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

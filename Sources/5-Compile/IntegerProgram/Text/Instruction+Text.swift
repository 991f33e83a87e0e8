import Numbers
import Targets
import Text

extension Instruction {
  var mnemonic: String {
    switch self {
    case .linear(let instruction): instruction.shape.engine.rawValue
    case .sum: "sum"
    case .pool(let instruction): instruction.kind == .maximum ? "max_pool" : "sum_pool"
    case .requantize: "requantize"
    case .concatenate: "concatenate"
    case .pad: "pad"
    case .reshape: "reshape"
    }
  }

  /// By mnemonic.
  static let readers: [String: @Sendable (inout InstructionReader) throws -> Instruction] = {
    var readers: [String: @Sendable (inout InstructionReader) throws -> Instruction] = [
      "sum": { .sum(try SumInstruction(&$0)) },
      "max_pool": { .pool(try PoolInstruction(&$0, isMaximum: true)) },
      "sum_pool": { .pool(try PoolInstruction(&$0, isMaximum: false)) },
      "requantize": { .requantize(try RequantizeInstruction(&$0)) },
      "concatenate": { .concatenate(try ConcatenateInstruction(&$0)) },
      "pad": { .pad(try PadInstruction(&$0)) },
      "reshape": { .reshape(try ReshapeInstruction(&$0)) },
    ]
    for engine in EngineKind.allCases {
      readers[engine.rawValue] = { .linear(try LinearInstruction(&$0, engine: engine)) }
    }
    return readers
  }()

  /// Everything but name, inputs and output.
  func write(to writer: inout AttributeWriter, in program: IntegerProgram) {
    switch self {
    case .linear(let instruction): instruction.write(to: &writer, in: program)
    case .sum(let instruction): instruction.write(to: &writer)
    case .pool(let instruction): instruction.write(to: &writer, in: program)
    case .requantize(let instruction): writer.write("by", instruction.requantization)
    case .concatenate(let instruction): instruction.write(to: &writer)
    case .pad(let instruction): instruction.write(to: &writer)
    case .reshape: break
    }
  }
}

extension AttributeWriter {
  /// Nothing where accumulators are handed out as they are.
  mutating func write(_ stage: OutputStage) { write("by", stage, unless: .accumulator) }
}

extension InstructionReader {
  mutating func stage() throws -> OutputStage { try attributes.read("by", default: .accumulator) }
}

extension SumInstruction {
  func write(to writer: inout AttributeWriter) {
    writer.write("coefficients", terms.map(\.coefficient))
    writer.write("accumulator", accumulatorRange)
    writer.write(stage)
  }

  init(_ reader: inout InstructionReader) throws {
    let coefficients = try reader.numbers("coefficients", default: 1)
    self.init(
      name: reader.name, terms: zip(reader.inputs, coefficients).map { Term(input: $0, coefficient: $1) },
      output: reader.output, accumulatorRange: try reader.attributes.read("accumulator"), stage: try reader.stage())
  }
}

extension RequantizeInstruction {
  init(_ reader: inout InstructionReader) throws {
    self.init(
      name: reader.name, input: try reader.input(), output: reader.output,
      requantization: try reader.attributes.read("by"))
  }
}

extension ConcatenateInstruction {
  func write(to writer: inout AttributeWriter) {
    writer.write("axis", axis)
    writer.write("coefficients", parts.map(\.coefficient), unless: parts.map { _ in 1 })
    writer.write("offsets", parts.map(\.offset), unless: parts.map { _ in 0 })
  }

  init(_ reader: inout InstructionReader) throws {
    let coefficients = try reader.numbers("coefficients", default: 1)
    let offsets = try reader.numbers("offsets", default: 0)
    self.init(
      name: reader.name,
      parts: reader.inputs.indices.map {
        Part(input: reader.inputs[$0], coefficient: coefficients[$0], offset: offsets[$0])
      },
      axis: try reader.attributes.read("axis"), output: reader.output)
  }
}

extension PadInstruction {
  func write(to writer: inout AttributeWriter) {
    writer.write("at", [top, left])
    writer.write("code", code)
  }

  init(_ reader: inout InstructionReader) throws {
    let at: Extents = try reader.attributes.read("at")
    self.init(
      name: reader.name, input: try reader.input(), output: reader.output, top: at.rows, left: at.columns,
      code: try reader.attributes.read("code"))
  }
}

extension ReshapeInstruction {
  init(_ reader: inout InstructionReader) throws {
    self.init(name: reader.name, input: try reader.input(), output: reader.output)
  }
}

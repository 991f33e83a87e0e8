import Diagnostics
import Targets
import Text

/// What the line of an instruction says, for the instruction to read.
struct InstructionReader {
  let name: String
  let program: IntegerProgram
  let inputs: [TensorID]
  let output: TensorID
  let outputTensor: ProgramTensor
  var attributes: AttributeReader

  /// Of an instruction that reads one tensor.
  func input() throws -> TensorID {
    guard inputs.count == 1 else {
      throw Diagnostic("\(inputs.count) inputs", at: attributes.location, supported: "1")
    }
    return inputs[0]
  }

  /// One number per input.
  mutating func numbers(_ name: String, default standard: Int64) throws -> [Int64] {
    let numbers: [Int64] = try attributes.read(name, default: inputs.map { _ in standard })
    guard numbers.count == inputs.count else {
      throw Diagnostic(
        "\(numbers.count) \(name) for \(inputs.count) inputs", at: attributes.location, supported: "one per input")
    }
    return numbers
  }

  mutating func stage() throws -> OutputStage { try attributes.read("by", default: .accumulator) }
}

extension AttributeWriter {
  /// Nothing where accumulators are handed out as they are.
  mutating func write(_ stage: OutputStage) { write("by", stage, unless: .accumulator) }
}

extension Instruction {
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
    for engine in EngineKind.all {
      readers[engine.name] = { .linear(try LinearInstruction(&$0, engine: engine)) }
    }
    return readers
  }()
}

import Diagnostics
import IntegerProgram
import IntegerProgramTestSupport
import Targets
import Testing

@Suite struct ProgramVerifierTests {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func randomProgramsAreSound(seed: UInt64) throws {
    let (random, _) = try RandomProgram.mixed(seed: seed)
    try random.program.verify()
  }

  /// A change that makes a sound program unsound, and what the verifier says of it.
  struct Fault: CustomTestStringConvertible, Sendable {
    var said: String
    var make: @Sendable (inout IntegerProgram) throws -> Void
    var testDescription: String { said }

    init(_ said: String, _ make: @escaping @Sendable (inout IntegerProgram) throws -> Void) {
      self.said = said
      self.make = make
    }

    static func linear(_ said: String, _ change: @escaping @Sendable (inout LinearInstruction) -> Void) -> Fault {
      Fault(said) { program in
        guard case .linear(var layer) = program.instructions[0] else { throw Diagnostic("no linear layer") }
        change(&layer)
        program.instructions[0] = .linear(layer)
      }
    }

    /// Changes the requantizer of the linear layer's channel 1.
    static func affine(_ said: String, _ change: @escaping @Sendable (inout AffineRequantizer) -> Void) -> Fault {
      linear(said) { layer in
        guard case .requantize(var requantization) = layer.stage, case .affine(var affine) = requantization.channels[1]
        else { return }
        change(&affine)
        requantization.channels[1] = .affine(affine)
        layer.stage = .requantize(requantization)
      }
    }
  }

  static let faults: [Fault] = [
    Fault("two tensors of this name") { $0.tensors[1].name = $0.tensors[0].name },
    Fault("shape 0x1x1") { $0.tensors[1].shape = MapShape(rows: 0, columns: 1, channels: 1) },
    Fault("2 scales and 1 offsets") { $0.tensors[1].encoding.scales = [1, 2] },
    Fault("a scale or offset that is no number") { $0.tensors[1].encoding.scales = [.nan] },
    Fault("tensor number 99") { $0.outputs = [TensorID(99)] },
    Fault("read before it is written") { $0.instructions.swapAt(0, 1) },
    Fault("written twice") { $0.instructions.append($0.instructions[0]) },
    Fault("an output that nothing writes") { $0.instructions.removeLast() },
    Fault("an input that stands twice") { $0.inputs.append($0.inputs[0]) },
    Fault("shape 5x4x3") { $0.tensors[1].shape = MapShape(rows: 5, columns: 4, channels: 3) },
    .linear("weights of 9 bits stored as 8 bits") { $0.weights[0] = 200 },
    .linear("in 1 limbs of 16 bits") { $0.weights[0] = 40000 },
    .linear("5 weights") { $0.weights = Array($0.weights.prefix(5)) },
    .linear("2 initial accumulators") { $0.initial.removeLast() },
    .linear("accumulators of channel 1 from") { $0.initial[1] = 1 << 30 },
    .linear("accumulators of channel 0 from") { $0.accumulatorRange = -1...1 },
    .linear("shape 4x4x3") { $0.shape.output.rows = 3 },
    .linear("padding code 1000") { $0.paddingCode = 1000 },
    .linear("2 requantizers") { layer in
      guard case .requantize(var requantization) = layer.stage else { return }
      requantization.channels.removeLast()
      layer.stage = .requantize(requantization)
    },
    .linear("1 of 3 tables") { layer in
      guard case .requantize(var requantization) = layer.stage else { return }
      requantization.channels[0] = .table(ThresholdTable(thresholds: [], codes: [0]))
      layer.stage = .requantize(requantization)
    },
    .linear("codes from") { layer in
      guard case .requantize(var requantization) = layer.stage else { return }
      requantization.clamp = -1000...1000
      layer.stage = .requantize(requantization)
    },
    .affine("channel 1: a shift of 127") { $0.shift = 127 },
    .affine("channel 1: an offset after a floor") { $0.offset = 1 },
    .affine("128 bits before the shift") { $0.addend = Int128.max },
    .affine("64 bits after it") { $0.addend = Int128(1) << 100 },
    Fault("thresholds that do not ascend") { program in
      guard case .requantize(var step) = program.instructions[1] else { return }
      step.requantization.channels = [.table(ThresholdTable(thresholds: [3, 3], codes: [0, 1, 2]))]
      program.instructions[1] = .requantize(step)
    },
    Fault("codes from 0 to 9") { program in
      guard case .requantize(var step) = program.instructions[1] else { return }
      step.requantization.channels = [.table(ThresholdTable(thresholds: [-500, 3], codes: [100, 0, 9]))]
      step.requantization.clamp = -100...100
      program.instructions[1] = .requantize(step)
    },
    Fault("a sum of nothing") { program in
      guard case .sum(var sum) = program.instructions[2] else { return }
      sum.terms = []
      program.instructions[2] = .sum(sum)
    },
    Fault("accumulators from") { program in
      guard case .sum(var sum) = program.instructions[2] else { return }
      sum.terms[0].coefficient = 1000
      program.instructions[2] = .sum(sum)
    },
    Fault("no output stage for windows with 4 pixels") { program in
      guard case .pool(var pool) = program.instructions[3] else { return }
      pool.kind = .sum(stages: [1: .accumulator, 2: .accumulator])
      program.instructions[3] = .pool(pool)
    },
    Fault("a window without a pixel") { program in
      guard case .pool(var pool) = program.instructions[3] else { return }
      pool.paddingTop = 2
      program.instructions[3] = .pool(pool)
    },
    Fault("axis 3") { program in
      guard case .concatenate(var step) = program.instructions[4] else { return }
      step.axis = 3
      program.instructions[4] = .concatenate(step)
    },
    Fault("supported: 2x4x3") { program in
      guard case .concatenate(var step) = program.instructions[4] else { return }
      step.parts.removeLast()
      program.instructions[4] = .concatenate(step)
    },
    Fault("padded by 3 rows") { program in
      guard case .pad(var pad) = program.instructions[5] else { return }
      pad.top = 3
      program.instructions[5] = .pad(pad)
    },
    Fault("codes from 200 to 200") { program in
      guard case .pad(var pad) = program.instructions[5] else { return }
      pad.code = 200
      program.instructions[5] = .pad(pad)
    },
    Fault("47 elements") { $0.tensors[7].shape = MapShape(rows: 1, columns: 1, channels: 47) },
  ]

  @Test(arguments: faults)
  func faultsAreFound(_ fault: Fault) throws {
    var program = smallProgram()
    try program.verify()
    try fault.make(&program)
    let problems = #expect(throws: Diagnostics.self) { try program.verify() }
    #expect(problems?.description.contains(fault.said) == true, "\(problems?.description ?? "")")
  }
}

import Diagnostics
import IntegerProgram
import IntegerProgramTestSupport
import Testing

@Suite struct ProgramVerifierTests {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func randomProgramsAreSound(seed: UInt64) throws {
    let (random, _) = try RandomProgram.mixed(seed: seed)
    try random.program.verify()
  }

  /// A change that makes the small program unsound, and what the verifier says of it.
  struct Fault: CustomTestStringConvertible, Sendable {
    var said: String
    /// Text of the program, and what stands in its place.
    var text = ("", "")
    /// What no text says.
    var change: @Sendable (inout IntegerProgram) -> Void = { _ in }
    var testDescription: String { said }

    init(_ said: String, _ before: String, _ after: String) {
      self.said = said
      text = (before, after)
    }

    init(_ said: String, _ change: @escaping @Sendable (inout IntegerProgram) -> Void) {
      self.said = said
      self.change = change
    }

    static func linear(_ said: String, _ change: @escaping @Sendable (inout LinearInstruction) -> Void) -> Fault {
      Fault(said) { program in
        guard case .linear(var layer) = program.instructions[0] else { return }
        change(&layer)
        program.instructions[0] = .linear(layer)
      }
    }

    func program() throws -> IntegerProgram {
      try #require(text.0.isEmpty || smallProgram.contains(text.0), "not in the program")
      var program = try ProgramParser.program(from: smallProgram.replacing(text.0, with: text.1, maxReplacements: 1))
      change(&program)
      return program
    }
  }

  static let faults: [Fault] = [
    Fault("two tensors of this name") { $0.tensors[1].name = $0.tensors[0].name },
    Fault("shape 0x1x1", "[4, 4, 3]", "[0, 1, 1]"),
    Fault("2 scales and 1 offsets", "scale=0.5\nnarrow", "scale=[1, 2]\nnarrow"),
    Fault("a scale or offset that is no number", "scale=0.5", "scale=nan"),
    Fault("tensor number 99") { $0.outputs[0].tensor = TensorID(99) },
    Fault("two outputs of this name") { $0.outputs.append($0.outputs[0]) },
    Fault("values of shape [40] on the host", "output flat padded", "output flat shape=[40] host=[softmax]"),
    Fault("3 scales and 1 offsets", "output flat padded", "output flat scale=[1, 2, 3]"),
    Fault("read before it is written") { $0.instructions.swapAt(0, 1) },
    Fault("written twice") { $0.instructions.append($0.instructions[0]) },
    Fault("an output that nothing writes") { $0.instructions.removeLast() },
    Fault("an input that stands twice") { $0.inputs.append($0.inputs[0]) },
    Fault("shape 5x4x3") { $0.tensors[1].shape = MapShape(rows: 5, columns: 4, channels: 3) },
    Fault("weights of 9 bits stored as 8 bits", "int8(seeded(5))", "int8(splat(200))"),
    Fault("in 1 limbs of 16 bits", "int8(seeded(5))", "int8(splat(40000)) weight_limbs=1"),
    Fault("feature map codes in 2 limbs", "padding=[1, 1]", "padding=[1, 1] input_limbs=2"),
    .linear("5 weights") { $0.weights = [1, 2, 3, 4, 5] },
    Fault("2 initial accumulators", "[0, 100, -5]", "[0, 100]"),
    Fault("accumulators of channel 1 from", "[0, 100, -5]", "[0, 1073741824, -5]"),
    Fault("accumulators of channel 0 from", "accumulator=-32768..32767", "accumulator=-1..1"),
    .linear("shape 4x4x3") { $0.shape.output.rows = 3 },
    Fault("padding code 1000", "padding=[1, 1]", "padding=[1, 1] code=1000"),
    Fault("2 requantizers", "[floor((12 acc + 64) / 2^7), ", "["),
    Fault("requantizers of 2 kinds: affine, table", "floor((12 acc + 64) / 2^7)", "steps(0)"),
    Fault("codes from", "clamp(-128..127", "clamp(-1000..1000"),
    Fault("channel 1: a shift of 127", "2^8)", "2^127)"),
    Fault("channel 1: an offset after a floor", "2^8)", "2^8) + 1"),
    Fault("128 bits before the shift", "9 acc + 64", "9 acc + 170141183460469231731687303715884105727"),
    Fault("64 bits after it", "9 acc + 64", "9 acc + 1267650600228229401496703205376"),
    Fault("thresholds that do not ascend", "steps(-8, -50: -1, 0: 3, 60: 7)", "steps(0, 3: 1, 3: 2)"),
    Fault(
      "codes from 0 to 9", "clamp(-8..7, steps(-8, -50: -1, 0: 3, 60: 7)", "clamp(-9..9, steps(100, -500: 0, 3: 9)"),
    Fault("a sum of nothing", "sum conv narrow coefficients=[3, -20]", "sum coefficients=[]"),
    Fault("accumulators from", "[3, -20]", "[1000, -20]"),
    Fault("no output stage for windows with 4 pixels", "4: accumulator", "1: accumulator"),
    Fault("a window without a pixel", "padding=[0, 1]", "padding=[2, 1]"),
    Fault("a window, stride or padding out of range", "padding=[0, 1]", "padding=[-1, 1]"),
    Fault("box 0 of elements 1 to 24", "[[24] from 0", "[[24] from 1"),
    Fault("box 1 at elements 25 to 48", "to 24", "to 25"),
    Fault("box 1 over another one", "to 24", "to 23"),
    Fault("elements that no box covers", "[24] from 0 by [1] to 24", "[23] from 0 by [1] to 24"),
    Fault("codes from -994 to 1006", "offsets=[0, 5]", "offsets=[0, 6]"),
    Fault("codes from 200 to 200", "fill=-1", "fill=200"),
    Fault("box 0 of elements 3 to 50", "[4, 12] from 0 by [12, 1]", "[4, 12] from 14 by [12, -1]"),
    Fault("box 0 of elements 0 to 59", "[4, 12] from 0", "[(0, 4, 2, 1), 12] from 0"),
    Fault("47 elements", "[1, 1, 48]", "[1, 1, 47]"),
  ]

  @Test(arguments: faults)
  func faultsAreFound(_ fault: Fault) throws {
    try ProgramParser.program(from: smallProgram).verify()
    let program = try fault.program()
    let problems = #expect(throws: Diagnostics.self) { try program.verify() }
    #expect(problems?.description.contains(fault.said) == true, "\(problems?.description ?? "")")
  }
}

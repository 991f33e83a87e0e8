import Diagnostics
import IntegerProgram
import Simulator
import Testing

@Suite struct PreparedProgramTests {
  /// y = floor(3 x / 2) for x of two channels.
  private func program() throws -> IntegerProgram {
    try ProgramParser.program(
      from: """
        program scaled
        x = input -> [1, 1, 2] -8..7 scale=[0.5, 0.25] zero_point=1 offset=[0, 10]
        y = requantize x by=clamp(-12..10, floor((3 acc + 0) / 2^1)) -> [1, 1, 2] -12..10 scale=[0.5, 0.25] \
        zero_point=1 offset=[0, 10]
        output y
        """)
  }

  @Test(arguments: [
    CodeArray.int8([-8, 7, 3, -3]), .int16([-8, 7, 3, -3]), .int32([-8, 7, 3, -3]), .int64([-8, 7, 3, -3]),
  ])
  func everyWidthOfInput(input: CodeArray) throws {
    let program = try program()
    let result = try PreparedProgram(program).run([input], samples: 2)
    #expect(result.codes(of: program.outputs[0].tensor, sample: 0) == [-12, 10])
    #expect(result.codes(of: program.outputs[0].tensor, sample: 1) == [4, -5])
    #expect(result.values(of: program.outputs[0], sample: 1) == [1.5, 8.5])
    var codes: [Int64] = []
    result.forEachCode(of: program.outputs[0].tensor, sample: 1) { codes.append($1) }
    #expect(codes == [4, -5])
  }

  @Test func noSamples() throws {
    #expect(try PreparedProgram(try program()).run([.int16([])], samples: 0).samples == 0)
  }

  @Test func keptTensors() throws {
    let program = try program()
    let prepared = try PreparedProgram(program)
    let input = CodeArray.int16([1, 2])
    #expect(try !prepared.run([input], samples: 1).keeps(program.inputs[0]))
    #expect(try prepared.run([input], samples: 1, keeping: .all).codes(of: program.inputs[0], sample: 0) == [1, 2])
    #expect(
      try prepared.run([input], samples: 1, keeping: .tensors([program.inputs[0]])).keeps(program.outputs[0].tensor))
    #expect(prepared.batchSize(keeping: .outputs, bytes: 100) == 50)
    #expect(prepared.batchSize(keeping: .all, bytes: 100) == 25)
  }

  @Test func inputsOutOfRangeAreRefused() throws {
    let prepared = try PreparedProgram(try program())
    func message(_ inputs: [CodeArray], samples: Int) -> String {
      do {
        _ = try prepared.run(inputs, samples: samples)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(message([], samples: 1).contains("0 inputs for a network with 1"))
    #expect(message([.int16([1, 2, 3])], samples: 1).contains("3 codes; supported: 1 samples of 1x1x2"))
    #expect(message([.int16([1, 8])], samples: 1).contains("codes from 1 to 8; supported: codes from -8 to 7"))
    #expect(message([.int64([1 << 40, -9])], samples: 1).contains("tensor 'x'"))
  }
}

import IntegerProgram
import IntegerProgramTestSupport
import Simulator
import Testing

/// Random programs over all instructions: the fast simulator's codes are what the instructions' definitions say.
@Suite struct RandomProgramTests {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func everyTensorIsExact(seed: UInt64) throws {
    var (random, _) = try RandomProgram.mixed(seed: seed)
    let program = random.program
    let samples = (0..<5).map { _ in random.inputs() }
    let expected = samples.map { NaiveProgram(program: program).run($0) }
    let inputs = program.inputs.indices.map { input in CodeArray.int64(samples.flatMap { $0[input] }) }
    let prepared = try PreparedProgram(program)
    let all = try prepared.run(inputs, samples: samples.count, keeping: .all)
    let outputs = try prepared.run(inputs, samples: samples.count, threads: 1)
    for sample in samples.indices {
      for (index, tensor) in program.tensors.enumerated() {
        let id = TensorID(index)
        #expect(
          all.codes(of: id, sample: sample) == expected[sample][index],
          "seed \(seed), sample \(sample), \(tensor.name)")
        if program.outputs.contains(where: { $0.tensor == id }) {
          #expect(outputs.codes(of: id, sample: sample) == expected[sample][index])
        } else {
          #expect(!outputs.keeps(id))
        }
      }
    }
  }

  /// Buffers are shared between tensors and reused from chunk to chunk: neither the number of samples nor that of
  /// threads may show in the codes.
  @Test(arguments: 100..<110 as Range<UInt64>)
  func samplesDoNotSeeEachOther(seed: UInt64) throws {
    var (random, _) = try RandomProgram.mixed(seed: seed)
    let program = random.program
    let samples = (0..<70).map { _ in random.inputs() }
    let prepared = try PreparedProgram(program)
    func run(_ samples: ArraySlice<[[Int64]]>, threads: Int) throws -> [[Int64]] {
      let inputs = program.inputs.indices.map { input in CodeArray.int64(samples.flatMap { $0[input] }) }
      let result = try prepared.run(inputs, samples: samples.count, threads: threads)
      return (0..<samples.count).flatMap { sample in
        program.outputs.map { result.codes(of: $0.tensor, sample: sample) }
      }
    }
    let together = try run(samples[...], threads: 1)
    #expect(try run(samples[...], threads: 3) == together)
    #expect(try samples.indices.flatMap { try run(samples[$0...$0], threads: 1) } == together)
  }
}

import Backend
import CEmitter
import Foundation
import IntegerProgram
import IntegerProgramTestSupport
import Schedule
import Testing

/// The emitted test bench tells right from wrong.
@Suite struct TestBenchTests {
  let random: RandomProgram
  let project: Project
  let tensors: [[Int64]]

  init() throws {
    let (grown, accelerator) = try RandomProgram.mixed(seed: 42)
    var random = grown
    tensors = NaiveProgram(program: random.program).run(random.inputs())
    let vectors = TestVectors(samples: [.init(tensors: tensors, of: random.program)])
    project = try CEmitter().project(Schedule(random.program, for: accelerator), vectors: vectors)
    self.random = random
  }

  @Test func twoEmissionsAreEqual() throws {
    let (grown, accelerator) = try RandomProgram.mixed(seed: 42)
    let vectors = TestVectors(samples: [.init(tensors: tensors, of: grown.program)])
    let again = try CEmitter().project(Schedule(grown.program, for: accelerator), vectors: vectors)
    #expect(again.files == project.files)
  }

  @Test func oneWrongOutputCodeFails() throws {
    let program = random.program
    let (_, accelerator) = try RandomProgram.mixed(seed: 42)
    var sample = TestVectors.Sample(tensors: tensors, of: program)
    sample.outputs[1][0] += sample.outputs[1][0] == program[program.outputs[1].tensor].range.upperBound ? -1 : 1
    let wrong = try CProject(
      CEmitter().project(Schedule(program, for: accelerator), vectors: TestVectors(samples: [sample])))
    try wrong.compile("gcc", CProject.strict)
    let (status, output) = try wrong.bench()
    #expect(status == 1)
    let expected = sample.outputs[1][0]
    let got = tensors[program.outputs[1].tensor.index][0]
    let name = program[program.outputs[1].tensor].name
    #expect(output.contains("tensor '\(name)', index 0: expected \(expected), got \(got)"), "\(output)")
    #expect(output.contains("FAIL: 1 difference"))
  }

  @Test func oneWrongCodeInsideFails() throws {
    let program = random.program
    let (_, accelerator) = try RandomProgram.mixed(seed: 42)
    var sample = TestVectors.Sample(tensors: tensors, of: program)
    let inside = try #require(program.tracedTensors.first { !program.outputs.map(\.tensor).contains($0) })
    sample.checksums[inside.index] ^= 1
    let wrong = try CProject(
      CEmitter().project(Schedule(program, for: accelerator), vectors: TestVectors(samples: [sample])))
    try wrong.compile("gcc", CProject.strict)
    let (status, output) = try wrong.bench()
    #expect(status == 1)
    #expect(output.contains("tensor '\(program[inside].name)': checksum differs"), "\(output)")
  }

  @Test func filesOfSamplesGiveEveryTensor() throws {
    var random = random
    let program = random.program
    let (_, accelerator) = try RandomProgram.mixed(seed: 42)
    let batch = try BatchFile(Schedule(program, for: accelerator))
    let samples = (0..<5).map { _ in random.inputs() }
    let onDisk = try CProject(project)
    try onDisk.compile("gcc", CProject.strict + CProject.sanitizers)
    try Data(samples.flatMap(batch.encode)).write(to: onDisk.url("in"))
    let (status, output) = try onDisk.bench(["--input", "in", "--output", "out"])
    #expect(status == 0, "\(output)")
    let written = [UInt8](try Data(contentsOf: onDisk.url("out")))
    #expect(written.count == 5 * batch.sampleBytes)
    for (index, inputs) in samples.enumerated() {
      let expected = NaiveProgram(program: program).run(inputs)
      let made = try #require(batch.decode(written, sample: index))
      #expect(made.codes == program.tracedTensors.map { expected[$0.index] })
      for (output, values) in zip(program.outputs, made.values) {
        #expect(values == output.values(of: expected[output.tensor.index]))
      }
    }
    #expect(batch.decode(written, sample: 5) == nil)
  }

  @Test func brokenFilesAndArgumentsAreRefused() throws {
    let onDisk = try CProject(project)
    try onDisk.compile("gcc", CProject.strict)
    try Data([1, 2, 3]).write(to: onDisk.url("short"))
    #expect(try onDisk.bench(["--input", "short", "--output", "out"]).status == 2)
    #expect(try onDisk.bench(["--input", "none", "--output", "out"]).status == 2)
    #expect(try onDisk.bench(["--input", "short", "--output", "no/such/folder"]).status == 2)
    #expect(try onDisk.bench(["--input", "short"]).status == 2)
    #expect(try onDisk.bench(["--verbose"]).status == 2)
  }

  @Test func makeBuildsAndTests() throws {
    let onDisk = try CProject(project)
    let (status, output) = try onDisk.run("/usr/bin/env", ["make", "CFLAGS=-O1"])
    #expect(status == 0, "\(output)")
    let (tested, report) = try onDisk.run("/usr/bin/env", ["make", "test"])
    #expect(tested == 0 && report.contains("PASS"), "\(report)")
  }

  /// The directives for synthesis change nothing that a C compiler sees.
  @Test(arguments: ["QCC_HLS_VITIS", "QCC_HLS_CATAPULT"])
  func synthesisVariantsRun(macro: String) throws {
    let onDisk = try CProject(project)
    try onDisk.compile("gcc", CProject.strict + ["-Wno-unknown-pragmas", "-O1", "-D" + macro])
    let (status, output) = try onDisk.bench()
    #expect(status == 0, "\(output)")
  }
}

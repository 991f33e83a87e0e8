import CEmitter
import Foundation
import IntegerProgram
import IntegerProgramTestSupport
import Testing

/// Random programs on accelerators of random sizes: what emitted C computes is what the instructions' definitions say.
@Suite struct RandomProgramTests {
  static let seeds: Range<UInt64> = 0..<16

  @Test(arguments: Self.seeds)
  func emittedCodeIsExact(seed: UInt64) throws {
    var (random, accelerator) = try RandomProgram.mixed(seed: seed)
    let program = random.program
    let samples = (0..<3).map { _ in NaiveProgram(program: program).run(random.inputs()) }
    let vectors = TestVectors(samples: samples.map { .init(tensors: $0, of: program) })
    let emitted = try CEmitter.emit(program, accelerator: accelerator, vectors: vectors)
    let project = try CProject(emitted)
    let compiler = CProject.compilers[Int(seed) % CProject.compilers.count]
    try project.compile(compiler, CProject.strict + CProject.sanitizers + [seed < 4 ? "-O1" : "-O0"])
    let (status, output) = try project.bench()
    #expect(status == 0, "\(output)")
    #expect(output.contains("PASS: 3 samples"))
  }
}

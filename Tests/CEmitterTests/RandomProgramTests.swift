import Backend
import CEmitter
import Foundation
import IntegerProgram
import IntegerProgramTestSupport
import Schedule
import Targets
import Testing

/// Random programs on accelerators of random sizes: what emitted C computes is what the instructions' definitions say.
@Suite struct RandomProgramTests {
  static let seeds: Range<UInt64> = 0..<16

  @Test(arguments: Self.seeds)
  func emittedCodeIsExact(seed: UInt64) throws {
    let (random, accelerator) = try RandomProgram.mixed(seed: seed)
    try check(random, on: accelerator, seed: seed)
  }

  /// Without engines: on the kernels for processors.
  @Test(arguments: Self.seeds)
  func processorsAreExact(seed: UInt64) throws {
    try check(RandomProgram.mixed(seed: seed &+ 100).0, on: TargetFile.load("cpu"), seed: seed)
  }

  private func check(_ random: RandomProgram, on accelerator: Accelerator, seed: UInt64) throws {
    var random = random
    let program = random.program
    let samples = (0..<3).map { _ in NaiveProgram(program: program).run(random.inputs()) }
    let vectors = TestVectors(samples: samples.map { .init(tensors: $0, of: program) })
    let emitted = try CEmitter().project(Schedule(program, for: accelerator), vectors: vectors)
    let project = try CProject(emitted)
    let compiler = CProject.compilers[Int(seed) % CProject.compilers.count]
    let portable = seed % 3 == 0 ? ["-DST_PORTABLE"] : []
    try project.compile(compiler, CProject.strict + CProject.sanitizers + portable + [seed < 4 ? "-O1" : "-O0"])
    let (status, output) = try project.bench()
    #expect(status == 0, "\(output)")
    #expect(output.contains("PASS: 3 samples"))
  }

  /// One layer alone: the parts of the runtime that it does not use are left out, and nothing else is.
  @Test(arguments: [EngineKind.conv2D, .depthwise, .fullyConnected], [4, 8, 16, 24, 40])
  func oneLayerAlone(engine: EngineKind, bits: Int) throws {
    for target in ["stmac", "cpu"] { try oneLayer(engine, bits: bits, on: TargetFile.load(target)) }
  }

  private func oneLayer(_ engine: EngineKind, bits: Int, on accelerator: Accelerator) throws {
    var random = RandomProgram(seed: UInt64(bits), name: "layer")
    let input = random.input(MapShape(rows: 5, columns: 4, channels: 3), bits: bits)
    let source = engine == .fullyConnected ? random.flatten(input) : input
    random.markOutputs([random.linear(source, engine: engine, weightBits: min(bits, 12))])
    let tensors = NaiveProgram(program: random.program).run(random.inputs())
    let vectors = TestVectors(samples: [.init(tensors: tensors, of: random.program)])
    let project = try CProject(CEmitter().project(Schedule(random.program, for: accelerator), vectors: vectors))
    for compiler in CProject.compilers {
      try project.compile(compiler, CProject.strict)
      let (status, output) = try project.bench()
      #expect(status == 0, "\(output)")
    }
  }
}

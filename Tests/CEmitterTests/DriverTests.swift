import Backend
import CEmitter
import Foundation
import IntegerProgram
import IntegerProgramTestSupport
import Schedule
import Targets
import TestSupport
import Testing
import Tiling

/// Who runs the layers behind `st_accelerator.h`.
@Suite struct DriverTests {
  private static let model = ["-DST_DEVICE_MODEL", "-DST_PORT_HEADER=\"st_device.h\""]
  private static let memoryMapped = ["-DST_DRIVER=ST_DRIVER_MEMORY_MAPPED"] + model
  private static let rtl = ["-DST_DRIVER=ST_DRIVER_RTL"] + model

  /// What comes of a program with its vectors.
  private func project(seed: UInt64, samples: Int = 2) throws -> CProject {
    var (random, accelerator) = try RandomProgram.mixed(seed: seed)
    let program = random.program
    let vectors = TestVectors(
      samples: (0..<samples).map { _ in
        .init(tensors: NaiveProgram(program: program).run(random.inputs()), of: program)
      })
    return try CProject(CEmitter().project(Schedule(program, for: accelerator), vectors: vectors))
  }

  /// Drivers of registers against the model of the device, whose units end when and in the order in which it is drawn.
  @Test(arguments: RandomProgramTests.seeds)
  func registersAreExact(seed: UInt64) throws {
    let project = try project(seed: seed)
    let flags = [Self.memoryMapped, Self.rtl, Self.memoryMapped + ["-DST_INTERRUPTS=1"]][Int(seed % 3)]
    try project.compile(
      CProject.compilers[Int(seed) % CProject.compilers.count], CProject.strict + CProject.sanitizers + flags + ["-O1"])
    let (status, output) = try project.bench()
    #expect(status == 0, "\(output)")
  }

  /// What goes wrong where an order is not kept does not stay hidden: the model says so, and the engines in C do not.
  @Test(arguments: [
    ("st_wait(ST_UNIT_LOAD | ST_UNIT_WEIGHTS)", "ST_OK"),
    ("st_wait(step & ST_STEP_STORE ? ST_UNIT_PASS | ST_UNIT_STORE : ST_UNIT_PASS)", "ST_OK"),
    ("job.input_half ^= 1;", ""), ("job.weights_half ^= 1;", ""), ("job.accumulators_half ^= 1;", ""),
  ])
  func impatienceIsSeen(what: String, instead: String) throws {
    let project = try project(seed: 1, samples: 1)
    let file = project.url("runtime/st_sequencer.c")
    let text = try String(contentsOf: file, encoding: .utf8)
    try #require(text.contains(what))
    try Data(text.replacing(what, with: instead).utf8).write(to: file)
    for (flags, fails) in [(Self.memoryMapped, true), ([], false)] {
      try project.compile("gcc", ["-std=c99", "-w"] + flags)
      let (status, output) = try project.bench()
      #expect((status != 0) == fails, "\(output)")
    }
  }

  /// A device that never ends what it does, one of another target, and the whole of them.
  @Test func failuresAreSaid() throws {
    let project = try project(seed: 5)
    for (flags, status) in [
      (["-DST_DEVICE_HANGS=1", "-DST_POLLS=1000"], 1), (["-DST_DEVICE_TARGET=7u"], 3),
      (["-DST_DEVICE_HANGS=1", "-DST_POLLS=1000"] + Self.rtl, 1),
    ] {
      try project.compile("gcc", CProject.strict + (flags.contains(Self.rtl[0]) ? [] : Self.memoryMapped) + flags)
      let (ended, output) = try project.bench()
      #expect(ended == 1 && output.contains("the run failed with status \(status) "), "\(output)")
    }
  }

  /// The bench by make, as README.txt says.
  @Test func makeTakesADriver() throws {
    let project = try project(seed: 6)
    for driver in ["memory-mapped", "rtl"] {
      let (status, output) = try project.run(
        "/usr/bin/env", ["make", "-s", "CFLAGS=-O1", "DRIVER=\(driver)", "DEVICE=model", "test"])
      #expect(status == 0 && output.contains("PASS"), "\(output)")
    }
    #expect(try project.run("/usr/bin/env", ["make", "-s", "DRIVER=none"]).status != 0)
    // A program for the device itself says where its registers are, and has no model in it.
    let (status, output) = try project.run(
      "/usr/bin/env", ["make", "-s", "CFLAGS=-DST_BASE_ADDRESS=0x40000000", "DRIVER=memory-mapped", "lib"])
    #expect(status == 0, "\(output)")
  }

  /// More channels than 16 bits count.
  @Test func extentsOf32Bits() throws {
    var random = RandomProgram(seed: 2, name: "net")
    let input = random.input(MapShape(rows: 1, columns: 1, channels: 40_000), bits: 4)
    random.markOutputs([random.linear(input, engine: .fullyConnected, bits: 8, weightBits: 4)])
    let program = random.program
    let sample = TestVectors.Sample(tensors: NaiveProgram(program: program).run(random.inputs()), of: program)
    let project = try CProject(
      CEmitter().project(
        Schedule(program, for: TargetFile.load("stmac")), vectors: TestVectors(samples: [sample])))
    let configuration = try String(contentsOf: project.url("include/st_config.h"), encoding: .utf8)
    #expect(configuration.contains("#define ST_EXTENT_BITS 32"))
    for flags in [[], Self.memoryMapped] {
      try project.compile("gcc", CProject.strict + flags)
      let (status, output) = try project.bench()
      #expect(status == 0, "\(output)")
    }
  }

  /// The steps of every layer, as a driver of a program's own is told them, are the tiles that the cycle simulator charges: the same
  /// loads, passes and stores in the same order, and every load is told before the pass before it has ended.
  @Test(arguments: RandomProgramTests.seeds)
  func stepsAreTheTilesThatCost(seed: UInt64) throws {
    let (random, accelerator) = try RandomProgram.mixed(seed: seed)
    let schedule = try Schedule(random.program, for: accelerator)
    let project = try CProject(CEmitter(network: "net").project(schedule, vectors: TestVectors()))
    try project.compile(
      Self.recorder(random.program), as: "recorder", ["-DST_DRIVER=ST_DRIVER_OWN", "-Wall", "-Werror"])
    let told = try project.run(project.url("recorder").path, []).output.split(separator: "layer\n").map {
      $0.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }
    let layers = schedule.layers
    try #require(told.count == layers.count)
    for (layer, commands) in zip(layers, told) {
      let problem = TilingProblem(shape: layer.shape, accelerator: accelerator)
      for (before, command) in zip(commands, commands.dropFirst()) where ["load", "weights"].contains(command[0]) {
        #expect(before[0] != "store")
      }
      #expect(
        work(commands, of: layer.shape) == problem.work(of: layer.nest, products: 1).map(Work.init), "\(layer.name)")
    }
  }

  private struct Work: Equatable {
    var inputBytes = 0
    var weightBytes = 0
    var outputBytes = 0
    var requantized = 0
    var begins = false

    init() {}

    init(_ work: TileWork) {
      (inputBytes, weightBytes) = (work.inputBytes, work.weightBytes)
      (outputBytes, requantized) = (work.outputBytes, work.requantized)
      begins = work.startsAccumulation
    }
  }

  /// Loads are of the pass that starts next, stores of the one that started last.
  private func work(_ commands: [[String]], of shape: LinearLayerShape) -> [Work] {
    func bytes(_ codes: Int, _ bits: Int) -> Int { (codes * LinearLayerShape.storedBits(bits) + 7) / 8 }
    var work: [Work] = []
    var next = Work()
    for command in commands {
      let count = Int(command[1]) ?? -1
      switch command[0] {
      case "load": next.inputBytes = bytes(count, shape.modeActivationBits)
      case "weights": next.weightBytes = bytes(count, shape.modeWeightBits)
      case "start":
        next.begins = count == 1
        work.append(next)
        next = Work()
      default:
        work[work.count - 1].requantized = count
        work[work.count - 1].outputBytes = bytes(count, shape.outputBits)
      }
    }
    return work
  }

  /// A driver that prints what it is told, in codes, and computes nothing.
  private static func recorder(_ program: IntegerProgram) -> String {
    let inputs = program.inputs.indices.map { "bench_input_codes[\($0)]" }
    let outputs = program.outputs.indices.map { "bench_output_buffers[\($0)]" }
    return """
      #include <stdio.h>
      #include "bench.h"
      #include "net.h"
      #include "st_accelerator.h"
      static int inside(const st_axis *axis, int extent) {
        int count = 0;
        for (int i = 0; i < axis->count; ++i) {
          const int place = axis->first + i * axis->step;
          count += place >= 0 && place < extent;
        }
        return count;
      }
      st_status st_open(const st_job *job) { (void)job; puts("layer"); return ST_OK; }
      void st_load(const st_job *job) {
        const st_window *const w = &job->window;
        printf("load %d\\n", job->run.width > 0 ? job->run.pixels * job->run.channels
          : inside(&w->rows, w->map_rows) * inside(&w->columns, w->map_columns) * w->channels);
      }
      void st_weights(const st_job *job) {
        const uint32_t engine = ST_FIELD(ST_LAYER_WORD(job->layer, LAYER), LAYER_ENGINE);
        const int reduced = engine == ST_LAYER_ENGINE_DWCONV ? 1 : job->pass.channels;
        printf("weights %d\\n", job->kernel_rows * job->kernel_columns * reduced * job->outputs);
      }
      void st_start(const st_job *job, int begins) { (void)job; printf("start %d\\n", begins); }
      void st_store(const st_job *job) {
        const st_tile *const t = &job->tile;
        printf("store %d\\n", ((t->rows - 1) * t->columns + t->last_columns) * t->outputs);
      }
      st_status st_wait(int units) { (void)units; return ST_OK; }
      st_status st_close(const st_job *job, st_status status) { (void)job; return status; }
      int main(void) { return (int)net_run(\((inputs + outputs).joined(separator: ", "))); }
      """
  }

  /// The copy of the registers that the runtime's own tests are compiled with is the built-in target's. `QCC_BLESS=1` writes it.
  @Test func theRuntimesRegistersAreTheTargets() throws {
    let random = RandomProgram(seed: 1, name: "net")
    let schedule = try Schedule(random.program, for: TargetFile.load("stmac"))
    let files = try CEmitter().project(schedule, vectors: TestVectors()).files
    let written = try #require(files.first { $0.path == "include/st_registers.h" })
    let copy = Repository.path("Runtime/include/st_registers.h")
    if Repository.isBlessing { try Data(written.contents).write(to: URL(filePath: copy)) }
    #expect([UInt8](try Data(contentsOf: URL(filePath: copy))) == written.contents)
  }
}

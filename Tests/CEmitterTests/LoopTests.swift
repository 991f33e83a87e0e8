import Backend
import CEmitter
import Foundation
import IntegerProgram
import IntegerProgramTestSupport
import Schedule
import Targets
import Testing
import TestSupport

private let tools = ["/usr/bin/clang-14", "/usr/bin/opt-14"]
private let headers = Repository.path(".build/hls4ml/hls4ml/templates")

/// What high-level synthesis asks of loops, judged by clang's analysis of the form that it reads.
@Suite(.enabled(if: tools.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }))
struct LoopTests {
  /// The largest number of turns that the analysis finds for each loop of a file; nil for one that it finds none for.
  private func turns(
    _ project: CProject, _ file: String, _ flags: [String] = ["-DQCC_HLS_VITIS"]
  ) throws -> [(function: String, turns: Int?)] {
    let folders = ["include", "runtime", "src", "hls"].map { "-I" + $0 }
    let (status, messages) = try project.run(
      tools[0],
      ["-O1", "-w", "-Xclang", "-disable-llvm-passes", "-emit-llvm", "-S"] + flags + folders + [
        file, "-o", "loops.ll",
      ])
    try #require(status == 0, "\(messages)")
    let (_, found) = try project.run(
      tools[1],
      [
        "-passes=function(mem2reg,loop-simplify,lcssa),function(print<scalar-evolution>)", "-disable-output",
        "loops.ll",
      ])
    var function = ""
    var loops: [(String, Int?)] = []
    for line in found.split(separator: "\n") {
      if line.hasPrefix("Determining loop execution counts for: ") {
        function = String(line.split(separator: " ").last ?? "")
      }
      guard line.hasPrefix("Loop "), line.contains("max backedge-taken count") else { continue }
      loops.append((function, line.split(separator: " ").last.flatMap { Int($0) }))
    }
    return loops
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func everyLoopHasABound(seed: UInt64) throws {
    var (random, accelerator) = try RandomProgram.mixed(seed: seed)
    let sample = TestVectors.Sample(
      tensors: NaiveProgram(program: random.program).run(random.inputs()), of: random.program)
    let project = try CProject(
      CEmitter().project(Schedule(random.program, for: accelerator), vectors: TestVectors(samples: [sample])))
    var count = 0
    for file in project.project.files.map(\.path) where file.hasSuffix(".c") && !file.hasPrefix("test/") {
      for loop in try turns(project, file) {
        count += 1
        // No memory and no layer has more elements.
        #expect(
          (loop.turns ?? .max) < 1 << 24, "\(file), \(loop.function): \(loop.turns.map(String.init) ?? "no bound")")
      }
    }
    #expect(count > 20)
  }

  /// The kernels for synthesis, for each tool; what its types do on a host is not asked.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: headers), "no hls4ml: scripts/prepare.sh --tests"),
    arguments: ["vitis", "catapult", "esp"])
  func everyLoopOfTheKernelsHasABound(tool: String) throws {
    let (random, accelerator) = try RandomProgram.mixed(seed: 1)
    let project = try CProject(
      CEmitter().project(Schedule(random.program, for: accelerator), vectors: TestVectors(samples: [])))
    let types =
      tool == "vitis"
      ? ["-DQCC_HLS_VITIS", "-isystem", headers + "/vivado/ap_types"]
      : ["-DQCC_HLS_CATAPULT", "-isystem", headers + "/catapult/ac_types/include"]
    let ours = /@_ZNK?2st.*|@_Z[0-9]+st_.*|@_ZN?12_GLOBAL.*/
    let loops = try turns(project, "hls/st_tops_\(tool).cpp", ["-std=c++14", "-fno-exceptions"] + types)
      .filter { $0.function.wholeMatch(of: ours) != nil }
    for loop in loops {
      #expect((loop.turns ?? .max) < 1 << 24, "\(loop.function): \(loop.turns.map(String.init) ?? "no bound")")
    }
    #expect(loops.count > 20)
  }
}

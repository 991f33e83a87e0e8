import CEmitter
import Diagnostics
import IntegerProgram
import Reports
import Simulator
import Targets

/// Simulated codes against the emitted C, compiled and run on the same inputs: every tensor of every sample.
struct EmittedComparison {
  private(set) var report = VerifyReport.Emitted(ran: false, mismatches: 0)
  private(set) var firstDifference: VerifyReport.Difference?

  private let program: IntegerProgram
  private let project: EmittedProject
  private let folder: TemporaryFolder
  private var binary: String { folder.path + "/bench" }

  /// Compiles the project.
  ///
  /// - Throws: `Diagnostic` where the compiler fails.
  init(_ compilation: Compilation, compiler: String) throws {
    program = compilation.network.program
    project = try CEmitter.emit(compilation.schedule, vectors: TestVectors())
    folder = try TemporaryFolder()
    try project.write(to: folder.path)
    let includes = EmittedProject.headerFolders.map { "-I\(folder.path)/\($0)" }
    let sources = project.files.map(\.path).filter { $0.hasSuffix(".c") }.map { "\(folder.path)/\($0)" }
    try Subprocess.run(
      compiler, ["-std=c99", "-O2", "-w"] + includes + sources + ["-o", binary], log: folder.path + "/log",
      purpose: "compiling the emitted C")
  }

  /// Runs the samples from `first` on and compares them with what was simulated of them.
  ///
  /// - Parameter inputs: codes by sample and program input.
  /// - Throws: `Diagnostic` where the program fails.
  mutating func compare(from first: Int, inputs: [[[Int64]]], simulated: SimulationResult) throws {
    let batch = BatchFile(program)
    var bytes: [UInt8] = []
    for sample in inputs { bytes += batch.encode(inputs: sample) }
    try write(bytes, to: folder.path + "/input")
    try Subprocess.run(
      binary, ["--input", folder.path + "/input", "--output", folder.path + "/output"], log: folder.path + "/log",
      purpose: "running the emitted C")
    let output = try readAll(folder.path + "/output")
    report.ran = true
    for sample in 0..<simulated.samples {
      guard let tensors = batch.decode(output, sample: sample) else {
        throw Diagnostic("the emitted C wrote \(output.count) bytes, fewer than \(simulated.samples) samples have")
      }
      for (tensor, found) in zip(project.tracedTensors, tensors) {
        compare(tensor, found, simulated.codes(of: tensor, sample: sample), sample: first + sample)
      }
    }
  }

  private mutating func compare(
    _ tensor: TensorID, _ found: [Int64], _ expected: [Int64], sample: Int
  ) {
    guard found != expected else { return }
    for element in found.indices where found[element] != expected[element] {
      report.mismatches += 1
      guard firstDifference == nil else { continue }
      let shape = program[tensor].shape
      firstDifference = .init(
        tensor: program[tensor].name, layer: program[tensor].name,
        index: [
          sample, element / (shape.columns * shape.channels), element / shape.channels % shape.columns,
          element % shape.channels,
        ], expected: Double(expected[element]), found: Double(found[element]), against: "simulator, in the emitted C")
    }
  }
}

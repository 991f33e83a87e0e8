import Backend
import Compiler
import Diagnostics
import Files
import IntegerProgram
import Libc
import Schedule
import Simulator

/// Simulated codes against a back end's project, built and run on the same inputs: every tensor of every sample.
struct EmittedComparison {
  private(set) var report = VerifyReport.Emitted(ran: false, mismatches: 0)
  private(set) var firstDifference: VerifyReport.Difference?

  private let backend: any Backend
  private let schedule: Schedule
  private let bench: Bench
  private let folder: Scratch
  private var program: IntegerProgram { schedule.program }

  /// Builds the project.
  ///
  /// - Throws: `Diagnostic` where a tool fails.
  init(_ compilation: Compilation, backend: any Backend) throws {
    schedule = compilation.schedule
    self.backend = backend
    let project: Project
    do {
      project = try backend.project(schedule, vectors: TestVectors())
    } catch {
      throw error.inFile(compilation.model.graph.file)
    }
    folder = try Scratch.temporaryFolder()
    do {
      try project.write(to: folder.path)
    } catch let error as SystemError {
      throw error.inTemporaryFolder
    }
    bench = backend.bench(of: project, in: folder.path)
    let cache = BenchCache(of: project, by: backend, in: folder.path)
    if cache?.fetch() ?? false { return }
    for command in bench.build { try run(command, purpose: "compiling the emitted \(backend.name)") }
    cache?.keep()
  }

  private func run(_ command: Bench.Command, purpose: String) throws {
    try Subprocess.run(command.program, command.arguments, folder: folder.path, purpose: purpose)
  }

  /// Runs the samples from `first` on and compares them with what was simulated of them.
  ///
  /// - Parameter inputs: codes by sample and program input.
  /// - Throws: `Diagnostic` where the program fails.
  mutating func compare(from first: Int, inputs: [[[Int64]]], simulated: SimulationResult) throws {
    let batch = BatchFile(schedule)
    var bytes: [UInt8] = []
    for sample in inputs { bytes += batch.encode(inputs: sample) }
    do {
      try Folders.write(bytes, to: folder.path + "/input")
    } catch {
      throw error.inTemporaryFolder
    }
    try run(
      bench.run(folder.path + "/input", folder.path + "/output"), purpose: "running the emitted \(backend.name)")
    let output: [UInt8]
    do { output = try Folders.read(folder.path + "/output") } catch { throw error.inTemporaryFolder }
    report.ran = true
    for sample in 0..<simulated.samples {
      let made = try require(
        batch.decode(output, sample: sample),
        "the emitted \(backend.name) wrote \(output.count) bytes, fewer than \(simulated.samples) samples have")
      for (tensor, found) in zip(program.tracedTensors, made.codes) {
        compare(tensor, found, simulated.codes(of: tensor, sample: sample), sample: first + sample)
      }
      for (output, found) in zip(program.outputs, made.values) {
        compare(output, found, simulated.codes(of: output.tensor, sample: sample), sample: first + sample)
      }
    }
  }

  /// An output's numbers against what its codes stand for, within the error bound of the operators that the host runs.
  private mutating func compare(_ output: ProgramOutput, _ found: [Double], _ codes: [Int64], sample: Int) {
    let (expected, errors) = output.boundedValues(of: codes)
    for element in found.indices where !(abs(found[element] - expected[element]) <= errors[element]) {
      report.mismatches += 1
      guard firstDifference == nil else { continue }
      firstDifference = .init(
        tensor: output.name, layer: program[output.tensor].name, index: [sample, element], expected: expected[element],
        found: found[element], against: "simulator's numbers, in the emitted \(backend.name)")
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
        ], expected: Double(expected[element]), found: Double(found[element]),
        against: "simulator, in the emitted \(backend.name)")
    }
  }
}

/// Other programs, run to their end.
enum Subprocess {
  /// - Parameter folder: takes its temporary files, and `log`, what it prints.
  /// - Throws: `Diagnostic` with the first lines it printed where it fails.
  static func run(_ program: String, _ arguments: [String], folder: String, purpose: String) throws {
    let log = folder + "/log"
    let status: Int32
    do {
      // A compiler's temporary files go away with the folder, also where the compiler is ended.
      status = try ChildProcess(program, arguments, output: log, setting: ("TMPDIR", folder)).wait()
    } catch {
      throw Diagnostic("\(purpose): '\(program)' does not start: \(error)")
    }
    if let how = ChildProcess.failure(status) {
      let printed = (try? Folders.read(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      var problem = Diagnostic("\(purpose): '\(program)' failed with \(how)")
      problem.quoted = printed.split(separator: "\n").prefix(5).map(String.init)
      throw problem
    }
  }

  /// The C compiler: `CC`, or the first of cc, gcc and clang in `PATH`; nil where there is none.
  static var compiler: String? {
    if let named = getenv("CC").map({ String(cString: $0) }), !named.isEmpty { return named }
    return ["cc", "gcc", "clang"].first { place(of: $0) != nil }
  }

  /// The file that a program's name means; nil where there is none that may be run.
  static func place(of program: String) -> String? {
    let folders = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":")
    let places = program.utf8.contains(UInt8(ascii: "/")) ? [program] : folders.map { "\($0)/\(program)" }
    return places.first { access($0, X_OK) == 0 }
  }
}

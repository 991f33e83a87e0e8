import Backend
import Diagnostics
import Quantization
import Schedule

/// C99 projects: kernels in high-level-synthesis style, constants, a header and a test bench.
package struct CEmitter: Backend {
  /// Builds the benches.
  private let compiler: String
  /// Of the network in C; nil: its own.
  private let network: String?
  private let provenance: String
  private let labels: [String]
  private let quantizations: [ProgramQuantization]

  /// - Parameters:
  ///   - network: a name that `isNetworkName`.
  ///   - provenance: where the code comes from, a line for people and for whoever looks into a binary.
  ///   - labels: what the numbers of the network's one output stand for; none: nothing is said of it.
  ///   - quantizations: of the program's inputs: projects have functions that make codes; none: the user makes them.
  package init(
    compiler: String = "cc", network: String? = nil, provenance: String = "", labels: [String] = [],
    quantizations: [ProgramQuantization] = []
  ) {
    self.labels = labels
    self.quantizations = quantizations
    self.compiler = compiler
    self.network = network
    self.provenance = provenance
  }

  package var name: String { "C" }

  /// Whether all that a project defines may begin with it: lower-case letters, digits and underscores that are no name of the
  /// standard library's.
  package static func isNetworkName(_ name: String) -> Bool { Identifier.network(name) == name }

  /// - Throws: `Diagnostics` where the runtime's multiplier has no such mode as the schedule uses.
  package func project(
    _ schedule: Schedule, vectors: @autoclosure () -> TestVectors
  ) throws(Diagnostics) -> Project {
    try ProjectWriter(
      schedule, name: network, provenance: provenance, labels: labels, quantizations: quantizations
    ).project(vectors)
  }

  package func bench(of project: Project, in folder: String) -> Bench {
    let includes = ["include", "runtime", "src", "test"].map { "-I\(folder)/\($0)" }
    let sources = project.files.map(\.path).filter { $0.hasSuffix(".c") }.map { "\(folder)/\($0)" }
    let program = folder + "/bench"
    return Bench(
      build: [.init(compiler, ["-std=c99", "-O2", "-w"] + includes + sources + ["-o", program])],
      run: { input, output in .init(program, ["--input", input, "--output", output]) })
  }
}

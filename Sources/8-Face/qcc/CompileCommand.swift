import ArgumentParser
import CEmitter
import Presentation
import QCCDriver

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Writes a C project for the accelerator.",
    discussion: """
      The folder is self-contained: kernels in C99, packed weights, a header with types, scales and zero points, and a \
      test bench that fails when one code differs. `make test` in it builds and runs the bench.

      EXAMPLE
        qcc compile model.h5 --target stmac -o build/
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The project's folder. A project that stands there is replaced.", valueName: "folder"),
    completion: .directory)
  var output: String?

  func run() throws {
    let compilation = try model.compilation()
    let project = try ProjectBuilder(compilation, backend: CEmitter()).project()
    let folder = output ?? project.name
    try project.place(at: folder)
    let channels = compilation.network.proofs.reduce(0) { $0 + $1.proved }
    print("\(folder): \(project.files.count) files, \(grouped(channels)) requantization channels proved exact")
  }
}

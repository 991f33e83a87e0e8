import ArgumentParser
import CEmitter
import Files
import Presentation
import QCCDriver
import Threads

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Writes a C project for the accelerator.",
    discussion: """
      The folder is self-contained: kernels in C99, packed weights, a header with types, scales and zero points, and a \
      test bench that fails when one code differs. `make test` in it builds and runs the bench, `make lib` makes an archive; \
      those of several networks link into one program.

      Into a folder that is there only files are written that qcc wrote before and nobody changed since (.qcc-manifest \
      lists them); what else is in the way is named, and nothing is written. All other files of the folder stay.

      EXAMPLE
        qcc compile model.h5 --target stmac -o build/
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The project's folder. Files of a project that stands there are replaced.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "What the network is called in C: include/<name>.h, <name>_run, <NAME>_INPUT_SIZE, lib<name>.a. Default: its own name.",
      valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "What the numbers of the output stand for, a line each, for <name>_labels beside <name>_argmax.",
      valueName: "file"),
    completion: .file())
  var labelsFile: String?

  @Flag(help: "Keep what is in the way under another name (.bak) beside the project's files, instead of refusing.")
  var force = false

  func validate() throws {
    if let name, !CEmitter.isNetworkName(name) {
      throw ValidationError(
        "--name takes lower-case letters, digits and underscores, at most 40, that begin with a letter and are no name of the "
          + "standard library's or the runtime's: not '\(name)'")
    }
  }

  func run() throws {
    // While a child reads the model nothing else is to be done.
    let hash = Later { [path = model.file.path] in Result { try SHA256.hexadecimal(of: InputFile(path)) } }
    let compilation = try model.compilation()
    let emitter = CEmitter(
      network: name, provenance: provenance(try hash.value.get()), labels: try labels,
      quantizations: compilation.network.inputs.map(\.quantization))
    let project = try ProjectBuilder(compilation, backend: emitter).project()
    let folder = output ?? project.name
    show(try project.place(at: folder, force: force))
    let channels = compilation.network.proofs.reduce(0) { $0 + $1.proved }
    announce(
      "\(folder): \(project.files.count) files, \(grouped(channels)) requantization channels proved exact", of: folder)
    announce("constants: \(project.memory.constants)", of: folder)
    announce("static arrays: \(project.memory.arrays)", of: folder)
    announce("stack: `make stack` says how much a C compiler makes of it", of: folder)
    if let host = project.host { announce("left to the processor: \(host)", of: folder) }
  }

  private var labels: [String] {
    get throws {
      guard let labelsFile else { return [] }
      let text = String(decoding: try InputFile(labelsFile).bytes(limit: 1 << 20), as: UTF8.self)
      var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
      while lines.last?.isEmpty ?? false { lines.removeLast() }
      return lines
    }
  }

  /// Compiler, model and target.
  private func provenance(_ hash: String) -> String {
    func name(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
    return "qcc \(QCC.configuration.version), \(name(model.file.path)) (SHA-256 \(hash)), target \(name(model.target))"
  }
}

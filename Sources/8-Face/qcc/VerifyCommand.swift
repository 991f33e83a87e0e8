import ArgumentParser
import Presentation
import Verify

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Says whether the compiled network is exactly the one that was trained.",
    discussion: """
      Compares float reference, simulator and the compiled C, code by code, on given or on seeded inputs. Reference \
      values that lie on a rounding boundary are ties and counted apart. Exit code 1 on any difference or any channel that \
      is not proved.

      EXAMPLES
        qcc verify model.h5
        qcc verify model.h5 --inputs x.npy --labels y.npy
        qcc verify model.h5 --golden outputs.h5
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp("Inputs: .npy or file.h5:dataset; NAME=FILE for each of several.", valueName: "file"),
    completion: .file())
  var inputs: [String] = []

  @Option(
    help: ArgumentHelp("Another program's outputs: datasets x, layers/<name>, tensors/<name>.", valueName: "file"),
    completion: .file(extensions: ["h5", "hdf5"]))
  var golden: String?

  @Option(
    help: ArgumentHelp("Class numbers of the samples: .npy or file.h5:dataset.", valueName: "file"),
    completion: .file())
  var labels: String?

  @Flag(inversion: .prefixedNo, help: "Compile and run the C too. Default: where a compiler is found.")
  var emitted: Bool?

  @Option(help: ArgumentHelp("How many samples are drawn.", valueName: "count"))
  var samples = 12

  @Option(help: ArgumentHelp("Where drawn inputs start.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Threads of the simulator. Default: one per core.", valueName: "count"))
  var threads: Int?

  @OptionGroup var printing: ReportOptions

  func validate() throws {
    guard (1...1_000_000).contains(samples) else { throw ValidationError("--samples takes 1 to 1000000") }
    try validateThreads(threads)
  }

  func run() throws {
    let compilation = try model.compilation()
    var options = Verifier.Options()
    options.inputs = inputs
    options.golden = golden
    options.labels = labels
    options.emitted = emitted
    options.samples = samples
    options.seed = seed
    options.threads = threads
    var bar: ProgressBar?
    var shown = 0
    let report = try Verifier(compilation, options: options).report { done, total in
      bar = bar ?? ProgressBar("comparing", total: total)
      bar?.advance(by: done - shown)
      shown = done
    }
    bar?.finish()
    try printing.show(report)
    if !report.bitExact { throw ExitCode(1) }
  }
}

import ArgumentParser
import Compiler
import Diagnostics
import Frontends
import HardwareWidths
import Presentation

struct WidthsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "widths",
    abstract: "The smallest widths of accumulators and factors with which hardware is exact.",
    discussion: """
      Of the datapath of the ST-MAC accelerators, per layer, per network and for hardware that runs all of the networks. Each \
      width is proved to be enough for every input, and has an accumulator that one bit less gets wrong, with the input codes \
      that make it. With --allow-drop widths below that are measured on inputs.

      EXAMPLES
        qcc widths model.h5 --counterexamples
        qcc widths kws.h5 vww.h5 ad.h5 ic.h5 --format json
        qcc widths model.h5 --allow-drop 0.5 --inputs x.npy --labels y.npy
      """)

  @Argument(
    help: ArgumentHelp("The models: each \(Frontends.description).", valueName: "model"),
    completion: .file(extensions: Frontends.suffixes))
  var models: [String]

  @Option(help: ArgumentHelp("The accelerator: a built-in target's name or a YAML file.", valueName: "name|file"))
  var target = Compiler.Options().target

  @Option(
    help: ArgumentHelp(
      "Quantizes network inputs that the models leave unquantized.", valueName: "quantizer"))
  var sourceQuantizer = Compiler.Options().sourceQuantizer

  @Flag(help: "Show what one bit less gets wrong; JSON always has it.")
  var counterexamples = false

  @Option(help: ArgumentHelp("Measures widths that lose so many percent points.", valueName: "percent"))
  var allowDrop: Double?

  @Option(
    help: ArgumentHelp("Inputs: .npy or file.h5:dataset; NAME=FILE for each of several.", valueName: "file"),
    completion: .file())
  var inputs: [String] = []

  @Option(
    help: ArgumentHelp("The class of each sample. Without: that of the exact network.", valueName: "file"),
    completion: .file())
  var labels: String?

  @OptionGroup var printing: ReportOptions

  func validate() throws {
    if models.contains("") { throw ValidationError("A model has an empty name.") }
    guard let allowDrop else {
      if !inputs.isEmpty || labels != nil { throw ValidationError("--inputs and --labels are for --allow-drop") }
      return
    }
    guard (0...100).contains(allowDrop) else { throw ValidationError("--allow-drop takes 0 to 100 percent points") }
    if inputs.isEmpty { throw ValidationError("--allow-drop needs --inputs") }
    if models.count > 1 { throw ValidationError("--allow-drop takes one model") }
  }

  func run() throws {
    var options = Compiler.Options()
    options.target = target
    options.sourceQuantizer = sourceQuantizer
    let compiler = try Compiler(options)
    var problems = Diagnostics()
    let networks = models.compactMap { file in
      problems.collecting { (file: file, compilation: try compiler.compile(try Frontends.read(file))) }
    }
    try problems.throwIfErrors()
    show(networks.flatMap(\.compilation.remarks))
    let exploration = try allowDrop.map {
      try WidthExploration(networks[0].compilation, inputs: inputs, labels: labels, allowedDrop: $0 / 100)
    }
    var report = WidthsReport(networks, exploration: exploration)
    report.showsCounterexamples = counterexamples
    try printing.show(report)
  }
}

import ArgumentParser
import QCCDriver
import Reports

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Graph, shapes, parameters, quantizers and bits of a network.",
    discussion: """
      Bits are counted as parameters times their widths, elements of quantized feature maps times theirs, and the \
      network's input elements times 8.

      With --qstats: operations by kind and width, weights by width, and sparsity, line for line what print_qstats of \
      QKeras prints, where QKeras can do the network and beyond. JSON has the true numbers of products and weights \
      beside QKeras' own.

      EXAMPLES
        qcc summary model.h5 --format json
        qcc summary model.h5 --qstats
      """)

  @Argument(help: "The model: a Keras H5 or an ONNX file.", completion: .file(extensions: ["h5", "hdf5", "onnx"]))
  var model: String

  @Option(help: "How the report is printed.")
  var format = ReportFormat.text

  @Flag(help: "Operations, weights and sparsity as QKeras' print_qstats gives them.")
  var qstats = false

  @Flag(
    help: """
      With --qstats: count the zeros of folded layers before they are quantized, as QKeras does, and print its remarks \
      on them.
      """)
  var qtoolsCompatible = false

  func validate() throws {
    if qtoolsCompatible, !qstats { throw ValidationError("--qtools-compatible is for --qstats") }
  }

  func run() throws {
    if qstats {
      let result = try TypedModel.read(model, for: .statistics)
      show(result.remarks)
      let report = QStatsBuilder(result.graph, isCompatible: qtoolsCompatible).report
      show(report.remarks)
      switch format {
      case .text: print(report.text(Terminal.standardOutput.style), terminator: "")
      case .json: print(try jsonText(report))
      case .csv: print(report.csv(), terminator: "")
      }
      return
    }
    let result = try Compilation.read(model)
    show(result.remarks)
    let report = SummaryBuilder(result.graph).report
    switch format {
    case .text: print(report.text(Terminal.standardOutput.style), terminator: "")
    case .json: print(try jsonText(report))
    case .csv: print(report.csv(), terminator: "")
    }
  }
}

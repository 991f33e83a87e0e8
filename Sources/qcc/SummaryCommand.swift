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

      EXAMPLE
        qcc summary model.h5 --format json
      """)

  @Argument(help: "The model: a Keras H5 file.", completion: .file(extensions: ["h5", "hdf5"]))
  var model: String

  @Option(help: "How the report is printed.")
  var format = ReportFormat.text

  func run() throws {
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

import ArgumentParser
import Files
import Page
import Presentation
import QTools
import Quantization

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes one HTML page about a compiled network.",
    discussion: """
      The network drawn with data types on its edges; bits, tiles, cycles and energy per layer; the roofline of \
      each engine; proofs. \
      The page needs nothing else: no scripts, nothing from elsewhere. It prints well.

      EXAMPLES
        qcc report model.h5 -o report.html
        qcc report model.h5 --target mine.yaml
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where the page goes. Default: the model's name with .html", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var output: String?

  func run() throws {
    let compilation = try model.compilation()
    try compilation.target.requireEngines("tiles and cycles")
    var types = DataTypeOptions()
    types.source = try DataType(parsing: model.sourceQuantizer, option: "--source-quantizer")
    let page = try NetworkPage(compilation, types: types)
    let path = output ?? "\(page.file.split(separator: ".").first ?? "report").html"
    try OutputFile.write(Array(page.html().utf8), to: path)
    announce(path, of: path)
  }
}

extension ReportFormat: ExpressibleByArgument {}

/// How a command prints what it found.
struct ReportOptions: ParsableArguments {
  @Option(help: "How the report is printed.")
  var format = ReportFormat.text

  func show(_ report: some Report) throws {
    print(try report.printed(as: format, style: Terminal.standardOutput.style), terminator: "")
  }
}

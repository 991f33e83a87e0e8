import ArgumentParser
import Diagnostics
import Files
import Presentation
import QTools

struct QToolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qtools",
    abstract: "Data types of every multiplier, accumulator and feature map, as QKeras' QTools gives them.",
    discussion: """
      Beside each accumulator stands the width that the actual weights need, proved, and beside each multiplier the \
      Sum-Together mode it runs in. JSON has QTools' map under data_type_map; -o writes the map alone.

      EXAMPLE
        qcc qtools model.h5 --source-quantizer "quantized_bits(16,6,1)" -o map.json
      """)

  @OptionGroup var model: TypeOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where QTools' map goes as JSON.", valueName: "file.json"),
    completion: .file(extensions: ["json"]))
  var output: String?

  @OptionGroup var printing: ReportOptions

  func run() throws {
    var problems = Diagnostics()
    let types = model.types(&problems)
    try problems.throwIfErrors()
    let network = try model.file.readTypes()
    show(network.model.remarks)
    let report = DataTypeReport(
      try DataTypeMap(network.model, options: types),
      hardware: try HardwareUse(network, options: model.compilation))
    if let output { try OutputFile.write(Array(try jsonText(report.map).utf8), to: output) }
    try printing.show(report)
  }
}

import ArgumentParser
import Statistics

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

  @OptionGroup var file: ModelArgument

  @OptionGroup var printing: ReportOptions

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
      let model = try file.readTypes().model
      show(model.remarks)
      let report = QStatsReport(model, isCompatible: qtoolsCompatible)
      show(report.remarks)
      try printing.show(report)
      return
    }
    let model = try file.read()
    show(model.remarks)
    try printing.show(SummaryReport(model))
  }
}

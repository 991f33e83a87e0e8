import ArgumentParser
import Files
import Page
import QCCDriver

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Shows what the tensors of a float network hold, and which widths they bear.",
    discussion: """
      Of every feature map that would be quantized and of every layer's weights: range, histogram, zeros, and the ratio of \
      signal to quantization noise in each width, the rest of the network in float. See docs/quantize.md.

      EXAMPLES
        qcc profile model.h5 --calibration x.npy
        qcc profile model.h5 --calibration x.npy --widths 8,4,2 -o profile.html
      """)

  @OptionGroup var file: ModelArgument

  @Option(
    help: ArgumentHelp(
      "Inputs as the network will see them: .npy or file.h5:dataset; NAME=FILE for each of several.",
      valueName: "file"),
    completion: .file())
  var calibration: [String]

  @Option(help: ArgumentHelp("Widths that every tensor is tried in, 1 to 16.", valueName: "bits,…"))
  var widths = Widths([8, 6, 4])

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where a page with all histograms goes.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @OptionGroup var printing: ReportOptions

  func validate() throws {
    guard output != "" else { throw ValidationError("The output has an empty name.") }
  }

  func run() throws {
    let profiler = try NetworkProfiler(
      model: file.path, choices: file.choices, inputs: calibration, widths: widths.bits)
    show(profiler.remarks)
    if let output {
      let page = ProfilePage(
        profiler.report, file: profiler.network.graph.file ?? "", network: profiler.network.graph.name)
      try OutputFile.write(Array(page.html().utf8), to: output)
    }
    try printing.show(profiler.report)
  }
}

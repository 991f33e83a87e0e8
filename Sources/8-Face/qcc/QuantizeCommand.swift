import ArgumentParser
import Assessment
import Calibration
import Compiler
import Files
import ONNXExport
import Page
import Plans
import Presentation
import QCCDriver

struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Quantizes a float network without training, and says what is lost.",
    discussion: """
      Calibration inputs fix ranges and weights and need no labels. What is written is a network that qcc reads, compiles \
      and proves like any other; what is said of it comes from its integer program. See docs/quantize.md.

      EXAMPLES
        qcc quantize model.h5 --calibration x.npy -o quantized.onnx
        qcc quantize model.onnx --calibration x.npy --weights 4 --maps 4 --input-maps 8 -o q.onnx
        qcc quantize model.h5 --calibration x.npy --test t.npy --test-labels y.npy --compare 16,8,4
        qcc quantize model.h5 --calibration x.npy --plan plan.json -o q.onnx
      """)

  @OptionGroup var file: ModelArgument

  @OptionGroup var calibration: CalibrationOption

  @Option(help: ArgumentHelp("Width of weights, 1 to 16.", valueName: "bits"))
  var weights: Int?

  @Option(help: ArgumentHelp("Width of feature maps, 1 to 16.", valueName: "bits"))
  var maps: Int?

  @Option(help: ArgumentHelp("Width of the network's inputs. Default: that of maps.", valueName: "bits"))
  var inputMaps: Int?

  @Option(help: ArgumentHelp("Width of the network's outputs. Default: that of maps, 8 at least.", valueName: "bits"))
  var outputMaps: Int?

  @Option(help: ArgumentHelp("Width of biases, 2 to 32.", valueName: "bits"))
  var biasBits: Int?

  @OptionGroup var coding: WeightOptions

  @Option(
    help: ArgumentHelp("A plan: widths, and what else it fixes.", valueName: "plan.json"),
    completion: .file(extensions: ["json"]))
  var plan: String?

  @Option(
    help: ArgumentHelp("The widths of a quantized network with the same layers.", valueName: "model"),
    completion: .file())
  var like: String?

  @Option(
    help: ArgumentHelp("Inputs that judge. Default: a part of the calibration inputs, held out.", valueName: "file"),
    completion: .file())
  var test: [String] = []

  @Option(
    help: ArgumentHelp("Labels of the test inputs: .npy or file.h5:dataset.", valueName: "file"), completion: .file())
  var testLabels: String?

  @OptionGroup var metric: MetricOptions

  @Option(help: ArgumentHelp("Flat widths to compare, 1 to 16: 16,8,4", valueName: "bits,…"))
  var compare: Widths?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The network as .onnx or QKeras .h5, or the plan as .json.", valueName: "file"),
    completion: .file(extensions: NetworkQuantizer.Result.suffixes))
  var output: String?

  @Option(
    name: .customLong("report"),
    help: ArgumentHelp("A page with histograms, grids and what is lost.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var page: String?

  @Option(
    help: ArgumentHelp(
      "How an ONNX file has quantizers. Default: qdq where all widths are 4, 8 or 16.", valueName: "qonnx|qdq"))
  var style: ExportStyle?

  @OptionGroup var judges: JudgeOptions

  @OptionGroup var printing: ReportOptions

  func validate() throws {
    let widths = [
      ("--weights", weights, WeightPlan.widths), ("--maps", maps, MapPlan.widths),
      ("--input-maps", inputMaps, MapPlan.widths), ("--output-maps", outputMaps, MapPlan.widths),
      ("--bias-bits", biasBits, BiasPlan.widths),
    ]
    for (name, bits, range) in widths where !range.contains(bits ?? range.upperBound) {
      throw ValidationError("\(name) takes \(range.lowerBound) to \(range.upperBound)")
    }
    if plan != nil || like != nil, widths.dropLast().contains(where: { $0.1 != nil }) || (plan != nil && like != nil) {
      throw ValidationError("widths come from --plan, from --like, or from --weights and --maps")
    }
    if let output { try validateNetworkName(output) }
    if page == "" || page == output && page != nil { throw ValidationError("--report takes a file of its own") }
    if style != nil, output?.hasSuffix(".onnx") != true { throw ValidationError("--style is for .onnx files") }
    if testLabels != nil, test.isEmpty { throw ValidationError("--test-labels is for --test") }
    try metric.validate(labels: testLabels, of: "--test-labels")
  }

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    var options = NetworkQuantizer.Options()
    options.calibration = calibration.files
    options.test = test
    options.labels = testLabels
    options.groups = metric.groups
    options.measure = metric.metric
    options.rounding = coding.rounding
    options.pruning = coding.prune
    options.target = judges.target
    options.threads = judges.threads
    let quantizer = try NetworkQuantizer(model: file.path, choices: file.choices, options: options)
    show(quantizer.remarks)
    let calibrated = try quantizer.calibrated(try widths(for: quantizer))
    show(calibrated.remarks)
    let result = try quantizer.quantized(by: calibrated.plan)
    var report = try judged(result, by: quantizer)
    report.comparison = try compare.map { widths in
      try widths.bits.map { bits in
        var flat = PlanWidths(flat: bits)
        flat.scheme = coding.scheme
        flat.biases = biasBits ?? flat.biases
        let row = try quantizer.quantized(by: quantizer.calibrated(QuantizationPlan(flat, for: quantizer.network)).plan)
        return try QuantizeReport.Row(bits: bits, judged(row, by: quantizer), row.compilation)
      }
    }
    report.seconds = Double((clock.now - start) / .seconds(1))
    var files: [(path: String, bytes: [UInt8])] = []
    if let output { files.append((output, try result.bytes(for: output, style: style))) }
    if let page { files.append((page, Array(try html(of: result, report, by: quantizer).utf8))) }
    try OutputFile.write(files)
    show(output.map(result.remarks) ?? [])
    try printing.show(report)
  }

  private func html(
    of result: NetworkQuantizer.Result, _ report: QuantizeReport, by quantizer: NetworkQuantizer
  ) throws -> String {
    let graph = quantizer.network.graph
    return QuantizePage(
      report, profile: try quantizer.profile(of: result.plan), plan: result.plan, file: graph.file ?? "",
      network: graph.name,
      target: result.compilation.target.name
    ).html()
  }

  private func judged(_ result: NetworkQuantizer.Result, by quantizer: NetworkQuantizer) throws -> QuantizeReport {
    var bar: ProgressBar?
    let report = try quantizer.report(on: result) { done, total in
      bar = bar ?? ProgressBar("judging", total: total)
      bar?.advance(by: done)
    }
    bar?.finish()
    return report
  }

  private func widths(for quantizer: NetworkQuantizer) throws -> QuantizationPlan {
    if let plan { return try QuantizationPlan(file: plan) }
    if let like { return try quantizer.widths(like: like, biases: biasBits) }
    var widths = PlanWidths()
    widths.weights = weights ?? widths.weights
    widths.maps = maps ?? widths.maps
    widths.inputMaps = inputMaps
    widths.outputMaps = outputMaps ?? max(widths.maps, 8)
    widths.sumMaps = max(widths.maps, 8)
    widths.biases = biasBits ?? widths.biases
    widths.scheme = coding.scheme
    return try QuantizationPlan(widths, for: quantizer.network.narrowed(to: widths))
  }
}

import ArgumentParser
import Assessment
import Compiler
import Plans
import QCCDriver
import Search

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Judges one plan: what its network costs the accelerator and what it loses.",
    usage: "qcc evaluate [<options>] <model> --plan <file> --calibration <file>",
    discussion: """
      One trial of a search, which depends on its files alone: for engines that do their own searching. What the plan leaves \
      open is calibrated as qcc quantize does. The JSON is described in schemas/trial.schema.json.

      EXAMPLES
        qcc evaluate model.h5 --plan plan.json --calibration x.npy --validation v.npy --labels y.npy --format json
      """)

  @OptionGroup var file: ModelArgument

  @Option(
    help: ArgumentHelp("A plan: widths, and what else it fixes.", valueName: "plan.json"),
    completion: .file(extensions: ["json"]))
  var plan: String

  @Option(
    help: ArgumentHelp(
      "Inputs that fix ranges and weights: .npy or file.h5:dataset; NAME=FILE for each of several.", valueName: "file"),
    completion: .file())
  var calibration: [String]

  @Option(
    help: ArgumentHelp("Inputs that judge. Default: a part of the calibration inputs, held out.", valueName: "file"),
    completion: .file())
  var validation: [String] = []

  @Option(
    help: ArgumentHelp(
      "Labels of the validation inputs. Without: agreement with the float network.", valueName: "file"),
    completion: .file())
  var labels: String?

  @Option(help: "What labels are compared with: classes, or errors of a reconstruction.")
  var metric = Judge.Measure.accuracy

  @Option(
    help: ArgumentHelp(
      "With --metric auc: a number per sample; those of one number are judged as one.", valueName: "file"),
    completion: .file())
  var groups: String?

  @Option(help: ArgumentHelp("The accelerator: a built-in target's name or a YAML file.", valueName: "name|file"))
  var target = Compiler.Options().target

  @Option(help: ArgumentHelp("Threads. Default: one per core.", valueName: "count"))
  var threads: Int?

  @OptionGroup var printing: ReportOptions

  func validate() throws {
    guard (1...1024).contains(threads ?? 1) else { throw ValidationError("--threads takes 1 to 1024") }
    if labels != nil, validation.isEmpty { throw ValidationError("--labels is for --validation") }
    if groups != nil, metric != .auc || labels == nil {
      throw ValidationError("--groups is for --metric auc with --labels")
    }
  }

  func run() throws {
    var options = NetworkQuantizer.Options()
    options.calibration = calibration
    options.test = validation
    options.labels = labels
    options.groups = groups
    options.measure = metric
    options.target = target
    options.threads = threads
    let quantizer = try NetworkQuantizer(model: file.path, options: options)
    show(quantizer.remarks)
    let calibrated = try quantizer.calibrated(QuantizationPlan(file: plan))
    show(calibrated.remarks)
    let result = try quantizer.quantized(by: calibrated.plan)
    try printing.show(
      TrialReport(
        row: TrialRow(
          calibrated.plan, Costs(result.compilation), quantizer.trialJudge.verdict(on: result.compilation))))
  }
}

import ArgumentParser
import Compiler
import Plans
import QCCDriver
import Search
import Targets

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

  @OptionGroup var judging: ValidationOptions

  @OptionGroup var judges: JudgeOptions

  @OptionGroup var printing: ReportOptions

  func run() throws {
    try TargetFile.load(judges.target).requireEngines("costs")
    var options = NetworkQuantizer.Options()
    options.calibration = judging.calibration.files
    options.test = judging.validation
    options.labels = judging.labels
    options.groups = judging.metric.groups
    options.measure = judging.metric.metric
    options.target = judges.target
    options.threads = judges.threads
    let quantizer = try NetworkQuantizer(model: file.path, choices: file.choices, options: options)
    show(quantizer.remarks)
    let calibrated = try quantizer.calibrated(QuantizationPlan(file: plan))
    show(calibrated.remarks)
    let result = try quantizer.quantized(by: calibrated.plan)
    try printing.show(
      TrialReport(row: TrialRow(calibrated.plan, result.compilation, by: quantizer.trialJudge)))
  }
}

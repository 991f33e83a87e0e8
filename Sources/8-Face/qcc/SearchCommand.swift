import ArgumentParser
import Compiler
import Files
import Presentation
import QCCDriver
import Search
import Targets

extension Costs.Kind: ExpressibleByArgument {}
extension SearchSettings.Method: ExpressibleByArgument {}

extension WidthLimit: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Finds the widths with which a network costs the accelerator least and loses little.",
    discussion: """
      What a network costs is known before it is made; what it loses is judged by its integer program, on inputs that \
      calibration did not see where --validation has them. A study keeps every network that was judged: a search that was \
      stopped goes on where it was. See docs/search.md.

      EXAMPLES
        qcc search model.h5 --calibration x.npy --validation v.npy --labels y.npy --max-drop 0.5 -o best.onnx
        qcc search model.h5 --calibration x.npy --minimize energy --max-cycles 200000 --min-agreement 97 --study kws.study
        qcc study show kws.study
      """)

  @OptionGroup var file: ModelArgument

  @OptionGroup var judging: ValidationOptions

  @Option(help: "What is to be small.")
  var minimize = Costs.Kind.cycles

  @Option(
    help: ArgumentHelp(
      "How far the metric may fall, or agreement without labels, in percent points.", valueName: "points")
  )
  var maxDrop: Double?

  @Option(help: ArgumentHelp("Agreement with the float network at least, in percent.", valueName: "percent"))
  var minAgreement: Double?

  @Option(help: ArgumentHelp("Cycles at most.", valueName: "count"))
  var maxCycles: Double?

  @Option(help: ArgumentHelp("Energy of the accelerator at most, in pJ.", valueName: "pJ"))
  var maxEnergy: Double?

  @Option(help: ArgumentHelp("Bits of parameters and maps at most.", valueName: "count"))
  var maxBits: Double?

  @Option(help: ArgumentHelp("Bytes across the bus at most.", valueName: "count"))
  var maxBytes: Double?

  @Option(help: ArgumentHelp("Widths to choose from, 1 to 16.", valueName: "bits,…"))
  var widths = Widths(SearchSettings().widths)

  @Option(
    help: ArgumentHelp(
      "Widths of some layers and maps alone: 'conv.*=8,16', 'weights:dense=4', 'maps:input_1=16'.",
      valueName: "[weights:|maps:]name=bits,…"))
  var limit: [WidthLimit] = []

  @OptionGroup var coding: WeightOptions

  @OptionGroup var scoring: ScoreOptions

  @Option(
    help: ArgumentHelp(
      "So many of the most promising networks are trained, as qcc tune does, before one is chosen.", valueName: "count")
  )
  var tune = SearchSettings().tuned

  @Option(
    help: ArgumentHelp("Trains them in place of qcc, as in qcc tune: {in}, {out}, {epochs}.", valueName: "command"))
  var trainer: String?

  @Option(help: "How networks are found.")
  var method = SearchSettings.Method.sensitivity

  @Option(help: ArgumentHelp("Of the methods that draw.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Networks to judge at most. Default: \(NetworkSearcher.evaluations). More go on where a study was.",
      valueName: "count"))
  var evaluations: Int?

  @Option(
    help: ArgumentHelp("The file that keeps what was judged. Default: none that stays.", valueName: "file"),
    completion: .file())
  var study: String?

  @Option(
    help: ArgumentHelp("Inputs that judge the chosen network, and nothing else.", valueName: "file"),
    completion: .file())
  var test: [String] = []

  @Option(help: ArgumentHelp("Labels of the test inputs.", valueName: "file"), completion: .file())
  var testLabels: String?

  @Option(help: ArgumentHelp("The accelerator: a built-in target's name or a YAML file.", valueName: "name|file"))
  var target = Compiler.Options().target

  @OptionGroup var running: SearchRunOptions

  func validate() throws {
    if let evaluations, !(1...1_000_000).contains(evaluations) {
      throw ValidationError("--evaluations takes 1 to 1000000")
    }
    if !(0...1000).contains(tune) { throw ValidationError("--tune takes 0 to 1000") }
    if tune > 0, running.output?.hasSuffix(".json") == true {
      throw ValidationError("-o takes .onnx or .h5 with --tune: a plan says nothing of training")
    }
    if let trainer {
      if tune == 0 { throw ValidationError("--trainer is for --tune") }
      if let problem = ExternalTrainer(trainer).problem { throw ValidationError("--trainer \(problem)") }
    }
    if testLabels != nil, test.isEmpty { throw ValidationError("--test-labels is for --test") }
    for (name, value, most) in [
      ("--max-drop", maxDrop, 100), ("--min-agreement", minAgreement, 100), ("--max-cycles", maxCycles, .infinity),
      ("--max-energy", maxEnergy, .infinity), ("--max-bits", maxBits, .infinity), ("--max-bytes", maxBytes, .infinity),
    ] {
      if let value, !(value >= 0 && value <= most) { throw ValidationError("\(name) takes 0 or more, not \(value)") }
    }
    if case .multipoint = coding.rounding {
      throw ValidationError("--rounding multipoint adds layers, whose cost a search does not know")
    }
    try scoring.validate(minimize: minimize, widths: widths.bits)
    if running.output != nil, settings.limits.isEmpty, settings.score == nil {
      throw ValidationError("-o needs what chooses: --max-drop, --min-agreement, --max-cycles, …, or --score")
    }
    if file.architecture != nil {
      throw ValidationError(
        "--architecture: put it beside the weights under their name, where the study finds it again")
    }
    try running.page.validate(besides: [file.path, study])
    if running.workers > 1, study == nil { throw ValidationError("--workers needs a --study that they share") }
  }

  private var settings: SearchSettings {
    var settings = SearchSettings()
    settings.model = file.path
    settings.calibration = judging.calibration.files
    settings.validation = judging.validation
    settings.labels = judging.labels
    settings.groups = judging.metric.groups
    settings.measure = judging.metric.metric
    settings.target = target
    settings.widths = widths.bits
    settings.widthLimits = limit
    settings.scheme = coding.scheme
    settings.rounding = coding.rounding
    settings.pruning = coding.prune
    settings.minimize = minimize
    settings.limits.mostDrop = maxDrop.map { $0 / 100 }
    settings.limits.leastAgreement = minAgreement.map { $0 / 100 }
    settings.limits[.cycles] = maxCycles
    settings.limits[.energy] = maxEnergy
    settings.limits[.bits] = maxBits
    settings.limits[.bytes] = maxBytes
    scoring.apply(to: &settings)
    settings.tuned = tune
    settings.trainer = trainer
    settings.method = method
    settings.seed = seed
    return settings
  }

  func run() throws {
    try TargetFile.load(target).requireEngines("costs")
    let scratch = study == nil ? try Scratch.temporaryFolder() : nil
    let path = study ?? scratch.map { "\($0.path)/study" } ?? ""
    let searcher = try NetworkSearcher(
      settings, study: path, version: QCC.configuration.version, evaluations: evaluations, threads: running.threads)
    show(searcher.quantizer.remarks)
    try running.run(searcher, study: path, test: test.isEmpty ? nil : (test, testLabels))
    withExtendedLifetime(scratch) {}
  }
}

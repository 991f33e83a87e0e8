import ArgumentParser
import Assessment
import Compiler
import Exploration
import Files
import Plans
import Presentation
import QCCDriver
import Search

extension Costs.Kind: ExpressibleByArgument {}

extension WidthLimit: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Finds the widths with which a network costs the accelerator least and loses little.")

  @OptionGroup var file: ModelArgument
  @Option var calibration: [String]
  @Option var validation: [String] = []
  @Option var labels: String?
  @Option var metric = Judge.Measure.accuracy
  @Option var minimize = Costs.Kind.cycles
  @Option var maxDrop: Double?
  @Option var widths = Widths([4, 8, 16])
  @Option var limit: [WidthLimit] = []
  @Option var evaluations = 300
  @Option var study: String?
  @Option var seed: UInt64 = 1
  @Option var threads: Int?
  @Option(name: .shortAndLong) var output: String?

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    func stamp(_ what: String) { print("\(fixed(Double((clock.now - start) / .seconds(1)), decimals: 2)) s \(what)") }
    var options = NetworkQuantizer.Options()
    options.calibration = calibration
    options.test = validation
    options.labels = labels
    options.measure = metric
    options.threads = threads
    let quantizer = try NetworkQuantizer(model: file.path, options: options)
    show(quantizer.remarks)
    let space = try WidthSpace(quantizer.network, widths: widths.bits, limits: limit)
    var searching = NetworkSearch.Options()
    searching.minimize = minimize
    searching.mostDrop = maxDrop.map { $0 / 100 }
    searching.evaluations = evaluations
    stamp("read")
    let judge = quantizer.trialJudge
    stamp("float")
    var search = try NetworkSearch(
      space, compiler: quantizer.compiler, inputs: quantizer.calibrationBatches, judge: judge,
      ledger: MemoryLedger(threads: threads), options: searching)
    stamp("library")
    let references = widths.bits.map { space.space.flat($0) }
    var method = SensitivitySearch(space.space, goal: search.goal, evaluations: evaluations, references: references)
    try search.run(&method) { trials in
      stamp("\(trials.count) trials")
    }
    func line(_ trial: Trial) -> String {
      "\(fixed(trial.costs.speedup, decimals: 3))x \(fixed(trial.costs.cycleSpeedup, decimals: 3))x loss \(trial.verdict.loss) drop \(fixed(trial.verdict.drop * 100, decimals: 2)) agree \(fixed(trial.verdict.agreement * 100, decimals: 2)) \(trial.isThorough ? "whole" : "") \(trial.widths)"
    }
    for trial in search.trials {
      let predicted = search.costs.function.value(at: search.point(of: trial)!)
      if predicted != trial.costs[minimize] { print("cost \(predicted) is \(trial.costs[minimize])") }
    }
    let front = ParetoFront(search.trials, cost: { $0.costs[minimize] }, loss: { $0.verdict.loss }).elements
    for trial in front { print(line(trial)) }
    stamp("front")
    let few = front.prefix(8)
    try search.refine(few.compactMap { search.point(of: $0) })
    for trial in search.trials.suffix(few.count) { print(line(trial)) }
    stamp("refined")
    if let output, let chosen = front.first(where: { $0.verdict.drop <= searching.mostDrop ?? 1 }) {
      let result = try quantizer.quantized(by: search.plan(of: chosen))
      try OutputFile.write([(output, result.bytes(for: output, style: nil))])
    }
  }
}

import Diagnostics
import Exploration
import Files
import Plans
import Presentation
import QIR
import Search
import Study
import Threads
import Training
import Tuning

/// Searches the best widths of a network in a study, alone or with other processes.
package struct NetworkSearcher: Sendable {
  package let settings: SearchSettings
  package let quantizer: NetworkQuantizer
  let space: WidthSpace
  private let study: Study
  private let threads: Int
  private let evaluations: Int

  /// The most networks that are judged, when nothing else is said.
  package static let evaluations = 100

  /// Opens a study, or makes it.
  ///
  /// - Parameter evaluations: as many at most, those of a study that is there included; nil: what was said of it last.
  /// - Throws: `Diagnostics`, everything that is wrong with the files.
  package init(
    _ settings: SearchSettings, study path: String, version: String, evaluations: Int?, threads: Int?
  ) throws(Diagnostics) {
    let identity = try settings.identity(version: version)
    // Nothing is made for what cannot be searched.
    try self.init(settings, evaluations: evaluations, threads: threads) { () throws(Diagnostics) in
      try Study(path, identity: identity)
    }
  }

  /// Opens a study that is there, to go on with it or to look at it.
  ///
  /// - Throws: `Diagnostics`, where its files are not what they were.
  package init(existing path: String, version: String, evaluations: Int?, threads: Int?) throws(Diagnostics) {
    let identity = try Study(existing: path).identity
    let settings = try Diagnostics.collected { try SearchSettings(identity, of: path) }
    // What has changed is said before it is read as if it had not.
    let study = try Study(path, identity: settings.identity(version: version))
    try self.init(settings, evaluations: evaluations, threads: threads) { () throws(Diagnostics) in study }
  }

  private init(
    _ settings: SearchSettings, evaluations: Int?, threads: Int?, open: () throws(Diagnostics) -> Study
  ) throws(Diagnostics) {
    var options = NetworkQuantizer.Options()
    options.calibration = settings.calibration
    options.test = settings.validation
    options.labels = settings.labels
    options.groups = settings.groups
    options.measure = settings.measure
    options.rounding = settings.rounding
    options.pruning = settings.pruning
    options.target = settings.target
    options.threads = threads
    quantizer = try NetworkQuantizer(model: settings.model, options: options)
    space = try WidthSpace(
      quantizer.network, widths: settings.widths, limits: settings.widthLimits, scheme: settings.scheme)
    self.settings = settings
    self.threads = threads ?? processorCount
    let study = try open()
    self.study = study
    self.evaluations = try Diagnostics.collected {
      if let evaluations { try study.extend(Self.evaluationsName, to: String(evaluations)) }
      return try evaluations ?? study.history(of: Self.evaluationsName).last.flatMap { Int($0) } ?? Self.evaluations
    }
  }

  private static let evaluationsName = "evaluations"

  /// What a search found.
  package struct Found: Sendable {
    /// Thorough ones.
    package var front: [Trial]
    /// Flat ones, the widest first.
    package var flat: [Trial]
    package var chosen: Trial?
    /// All of them.
    package var search: NetworkSearch
  }

  /// - Parameters:
  ///   - progress: told after every batch how many networks are judged, of how many at most, and the best of them.
  ///   - improved: handed the best so far as soon as it is another one.
  package func run(
    progress: (_ done: Int, _ total: Int, _ best: Trial?) throws -> Void = { _, _, _ in },
    improved: ((NetworkQuantizer.Result) throws -> Void)? = nil
  ) throws -> Found {
    var search = try NetworkSearch(
      space, compiler: quantizer.compiler, calibrator: quantizer.calibrator(of: space.network, threads: 1),
      inputs: quantizer.calibrationBatches, judge: quantizer.trialJudge, limits: settings.limits,
      minimize: settings.minimize, study: study, threads: threads, train: trained)
    if settings.tuned > 0 { try requireGradients(of: search) }
    let flat = settings.widths.sorted(by: >).map(space.space.flat)
    var method = method(for: search.goal, references: flat)
    var shown: Trial?
    try search.run(&method) { search in
      let best = self.choice(among: search.trials).best(of: search.trials)
      try progress(search.trials.count, evaluations, best)
      guard let improved, let best, best != shown else { return }
      shown = best
      try improved(network(of: best, in: search))
    }
    let quick = search.trials.filter { $0.share == 1 }
    let refined = candidates(self.choice(among: search.trials), of: quick, most: Self.mostCandidates)
    try search.refine(refined.compactMap(search.point))
    if settings.tuned > 0 {
      let choice = self.choice(among: search.trials)
      let promising = candidates(choice, of: search.trials.filter(\.isThorough), most: settings.tuned)
      try search.tune(promising.compactMap(search.point))
    }
    let thorough = search.trials.filter(\.isThorough)
    let flatTrials = flat.compactMap { point in (thorough + quick).first { search.point(of: $0) == point } }
    let choice = self.choice(among: search.trials)
    try progress(evaluations, evaluations, choice.best(of: thorough))
    return Found(front: choice.front(of: thorough), flat: flatTrials, chosen: choice.best(of: thorough), search: search)
  }

  /// How many points are calibrated once more, thoroughly.
  private static let mostCandidates = 6

  /// Points of the front: where something is limited or scored those around the best, else all over it.
  private func candidates(_ choice: TrialChoice, of trials: [Trial], most: Int) -> [Trial] {
    let front = choice.front(of: trials)
    guard front.count > most else { return front }
    guard !settings.limits.isEmpty || choice.score != nil else {
      return (0..<most).map { front[$0 * (front.count - 1) / max(most - 1, 1)] }
    }
    let center = choice.best(of: front).flatMap { front.firstIndex(of: $0) } ?? front.count - 1
    let first = max(0, min(center - most / 2, front.count - most))
    return Array(front[first..<(first + most)])
  }

  // MARK: Training

  /// The best that training makes of a quantized network, as `qcc tune` does it: by itself on one thread, learning from what
  /// calibrates, chosen by what judges.
  @Sendable private func trained(_ graph: Graph) throws -> Graph {
    var options = Tuning.Options()
    options.training.threads = 1
    let external = settings.trainer.map(ExternalTrainer.init)
    let trainer = external == nil ? quantizer.trainer(of: try TrainableNetwork(graph), options: options.training) : nil
    var tuning = Tuning(
      graph, trainer: trainer, compiler: quantizer.compiler, judge: quantizer.trialJudge, options: options)
    if let external { try tuning.run(by: external.train) } else { try tuning.run() }
    return tuning.best
  }

  /// What cannot be trained is said before anything is searched.
  private func requireGradients(of search: NetworkSearch) throws {
    guard settings.trainer == nil else { return }
    let plan = space.widths(at: space.space.widest)
    _ = try TrainableNetwork(quantizer.quantized(by: quantizer.calibrated(plan).plan).graph)
  }

  /// The network of a trial, and what `-o` writes of it.
  package func network(of trial: Trial, in search: NetworkSearch) throws -> NetworkQuantizer.Result {
    try NetworkQuantizer.Result(plan: search.plan(of: trial), compilation: search.compilation(of: trial))
  }

  private func method(for goal: Goal, references: [Point]) -> any ExplorationMethod {
    let (space, seed) = (space.space, settings.seed)
    return switch settings.method {
    case .sensitivity: SensitivitySearch(space, goal: goal, evaluations: evaluations, references: references)
    case .random: RandomSearch(space, goal: goal, evaluations: evaluations, seed: seed, references: references)
    case .hyperband: Hyperband(space, goal: goal, evaluations: evaluations, seed: seed, references: references)
    case .bayesian: BayesianSearch(space, goal: goal, evaluations: evaluations, seed: seed, references: references)
    case .evolutionary:
      EvolutionarySearch(space, goal: goal, evaluations: evaluations, seed: seed, references: references)
    }
  }

  func choice(among trials: [Trial]) -> TrialChoice {
    TrialChoice(settings.limits, minimize: settings.minimize, score: score(among: trials), known: trials)
  }

  /// nil also where the reference is not judged yet.
  private func score(among trials: [Trial]) -> TrialScore? {
    guard let formula = settings.score else { return nil }
    let widths = space.space.values(of: space.space.flat(settings.referenceBits))
    return trials.first { $0.widths == widths }.map {
      TrialScore(formula, minimize: settings.minimize, reference: $0.costs)
    }
  }

  package func report(of found: Found, seconds: Double) -> SearchReport {
    report(
      front: found.front, flat: found.flat, chosen: found.chosen, score: score(among: found.search.trials),
      evaluations: found.search.trials.count, seconds: seconds)
  }

  private func report(
    front: [Trial], flat: [Trial], chosen: Trial?, score: TrialScore?, evaluations: Int, seconds: Double
  ) -> SearchReport {
    func row(_ trial: Trial) -> TrialRow {
      TrialRow(
        widths(of: trial), trial.costs, trial.verdict, score: score?.value(of: trial), isTuned: trial.isTuned)
    }
    return SearchReport(
      front: front.map(row), flat: flat.map(row), chosen: chosen.map(row), minimize: settings.minimize.rawValue,
      evaluations: evaluations, seconds: seconds)
  }

  /// A network on inputs that nothing has seen.
  package func tested(_ result: NetworkQuantizer.Result, on inputs: [String], labels: String?) throws -> TrialRow {
    try TrialRow(result.plan, result.compilation, by: quantizer.trialJudge(test: inputs, labels: labels))
  }

  // MARK: What a study has

  /// What was judged so far.
  package func recorded() throws -> SearchReport {
    let entries = try study.results()
    let trials = try Self.whole(entries).map(\.trial)
    let choice = choice(among: trials)
    let best = Self.candidates(of: trials)
    let flat = settings.widths.sorted(by: >).compactMap { bits in
      (best + trials).first { $0.widths == space.space.values(of: space.space.flat(bits)) }
    }
    return report(
      front: choice.front(of: best), flat: flat, chosen: choice.best(of: best), score: choice.score,
      evaluations: trials.count, seconds: entries.reduce(0) { $0 + $1.seconds })
  }

  /// Those that may be chosen: thorough ones as soon as there are some.
  static func candidates(of trials: [Trial]) -> [Trial] {
    trials.contains(where: \.isThorough) ? trials.filter(\.isThorough) : trials
  }

  var recordedTrials: [Trial] {
    get throws { try Self.whole(study.results()).map(\.trial) }
  }

  /// Those that were judged by all samples.
  private static func whole(_ entries: [Study.Entry]) throws -> [(trial: Trial, entry: Study.Entry)] {
    try entries.map { (trial: try Trial(encoded: $0.result), entry: $0) }.filter { $0.trial.share == 1 }
  }

  /// Writes what was judged so far for Optuna's `JournalStorage`, as a study of the file's name.
  package func exportOptunaJournal(to path: String) throws {
    let name = study.path.split(separator: "/").last.map(String.init) ?? study.path
    let journal = try OptunaJournal(
      name: name, space: space, minimize: settings.minimize, trials: Self.whole(study.results()))
    try OutputFile.write(journal.bytes, to: path)
  }

  private func widths(of trial: Trial) -> QuantizationPlan {
    space.space.point(of: trial.widths).map(space.widths) ?? QuantizationPlan()
  }

  /// Writes the best network that was judged so far.
  package func best(to path: String) throws -> TrialReport {
    let trials = try recordedTrials
    let choice = choice(among: trials)
    let best = try require(
      choice.best(of: trials.filter(\.isThorough)) ?? choice.best(of: trials),
      "has no network yet that keeps its limits", at: .init(file: study.path), fix: "go on with qcc study resume")
    var result = try quantizer.quantized(by: quantizer.calibrated(widths(of: best)).plan)
    if best.isTuned == true { result.compilation = try quantizer.compiler.compile(trained(result.graph)) }
    try OutputFile.write([(path, result.bytes(for: path, style: nil))])
    return TrialReport(row: try TrialRow(result.plan, result.compilation, by: quantizer.trialJudge))
  }

  /// Why nothing was chosen: the limit that binds, and the network that is nearest to keeping it.
  package func problem(of found: Found) -> Diagnostic? {
    guard found.chosen == nil, !settings.limits.isEmpty else { return nil }
    let limits = settings.limits
    let thorough = found.search.trials.filter(\.isThorough)
    guard let nearest = thorough.min(by: { limits.excess(of: $0) < limits.excess(of: $1) }) else { return nil }
    guard let excess = limits.excesses(of: nearest).first else {
      return Diagnostic(
        "networks that keep the limits do so by luck: others of their loss drop more", at: .init(file: settings.model),
        fix: "allow more, or bring more validation inputs")
    }
    func number(_ value: Double) -> String { Int(exactly: value).map(grouped) ?? significant(value) }
    let speedup = fixed(nearest.costs.speedup, decimals: 2)
    return Diagnostic(
      "no network that was found keeps the limit on \(excess.name), \(number(excess.limit)): the nearest, \(speedup)x as "
        + "fast, has \(number(excess.value))", at: .init(file: settings.model),
      fix: "allow more, or more widths (--widths), or calibrate with more inputs")
  }

  // MARK: For pages

  package func details(of found: Found) -> SearchDetails {
    let trials = found.search.trials.filter { $0.share == 1 }
    return details(
      trials, choice: choice(among: trials), front: found.front, chosen: found.chosen,
      cost: found.search.costs.function)
  }

  /// Of what was judged so far. What single changes cost is known from the widest network's shape.
  package func recordedDetails() throws -> SearchDetails {
    let trials = try recordedTrials
    let choice = choice(among: trials)
    let candidates = Self.candidates(of: trials)
    let widest = try quantizer.quantized(by: quantizer.calibrated(space.widths(at: space.space.widest)).plan)
    return details(
      trials, choice: choice, front: choice.front(of: candidates), chosen: choice.best(of: candidates),
      cost: try CostTable(settings.minimize, of: space, like: widest.compilation).function)
  }

  private func details(
    _ trials: [Trial], choice: TrialChoice, front: [Trial], chosen: Trial?, cost: SeparableFunction
  ) -> SearchDetails {
    SearchDetails(
      trials, choice: choice, front: front, chosen: chosen, space: space.space,
      references: [space.space.widest] + settings.widths.map(space.space.flat), cost: cost)
  }
}

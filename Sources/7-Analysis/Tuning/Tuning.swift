import Compiler
import Diagnostics
import Presentation
import QIR
import Search
import Training

/// Training with exact eyes: after every epoch the network is compiled, and its integer program judged; the best one is kept.
package struct Tuning {
  package struct Options: Sendable {
    package var training = Trainer.Options()
    /// Epochs without a better network before training ends.
    package var patience = 5

    package init() {}
  }

  /// A training behind an epoch: enough to go on from there to the same bytes.
  package struct Checkpoint: Sendable {
    package var epochs: [TuneReport.Epoch]
    package var state: TrainableNetwork.State
    /// What the variables were behind the best epoch.
    package var best: [[Float]]

    package init(epochs: [TuneReport.Epoch], state: TrainableNetwork.State, best: [[Float]]) {
      self.epochs = epochs
      self.state = state
      self.best = best
    }
  }

  /// nil: somebody else trains.
  private var trainer: Trainer?
  private let compiler: Compiler
  private let judge: TrialJudge
  private let options: Options
  package private(set) var checkpoint: Checkpoint
  /// The network as it was.
  private let first: Graph
  /// The best network so far.
  package private(set) var best: Graph

  /// - Parameter trainer: of this network; nil: somebody else trains it.
  package init(_ graph: Graph, trainer: Trainer?, compiler: Compiler, judge: TrialJudge, options: Options) {
    self.trainer = trainer
    self.compiler = compiler
    self.judge = judge
    self.options = options
    let state = trainer?.network.state ?? .init()
    checkpoint = Checkpoint(epochs: [], state: state, best: state.values)
    first = graph
    best = graph
  }

  /// Goes on from there.
  /// - Returns: whether the checkpoint is of a network like this one.
  package mutating func resume(_ checkpoint: Checkpoint) throws -> Bool {
    guard var trainer else { return false }
    var kept = trainer.network
    var state = checkpoint.state
    state.values = checkpoint.best
    guard kept.resume(state), trainer.network.resume(checkpoint.state) else { return false }
    self.trainer = trainer
    self.checkpoint = checkpoint
    if bestEpoch > 0 { best = try kept.trained() }
    return true
  }

  /// Of all epochs together.
  package var steps: Int { options.training.epochs * (trainer?.stepsPerEpoch ?? 0) }
  /// Of those that were.
  package var stepsDone: Int { max(checkpoint.epochs.count - 1, 0) * (trainer?.stepsPerEpoch ?? 0) }

  /// The number of the first with the least loss.
  private var bestEpoch: Int {
    let epochs = checkpoint.epochs
    return epochs.indices.min { epochs[$0].loss < epochs[$1].loss } ?? 0
  }

  /// - Parameters:
  ///   - stepped: told after every step.
  ///   - ended: told after every epoch.
  /// - Throws: what keeps the network from being compiled, or that its numbers left those of float32.
  package mutating func run(stepped: () -> Void = {}, ended: (Tuning) throws -> Void = { _ in }) throws {
    if checkpoint.epochs.isEmpty {
      try judge(first, behind: 0, trainingLoss: nil, since: ContinuousClock.now)
      try ended(self)
    }
    while checkpoint.epochs.count <= options.training.epochs {
      let epoch = checkpoint.epochs.count
      if epoch - 1 - bestEpoch >= options.patience { break }
      let start = ContinuousClock.now
      guard let loss = trainer?.run(epoch: epoch - 1, progress: stepped), loss.isFinite,
        let network = trainer?.network
      else { break }
      checkpoint.state = network.state
      try judge(network.trained(), behind: epoch, trainingLoss: loss, since: start)
      try ended(self)
    }
  }

  /// Somebody else trains, all epochs in one go.
  package mutating func run(by train: (_ network: Graph, _ epochs: Int) throws -> Graph) throws {
    try judge(first, behind: 0, trainingLoss: nil, since: ContinuousClock.now)
    let start = ContinuousClock.now
    let epochs = options.training.epochs
    try judge(train(first, epochs), behind: epochs, trainingLoss: nil, since: start)
  }

  private mutating func judge(
    _ graph: Graph, behind epoch: Int, trainingLoss: Double?, since start: ContinuousClock.Instant
  ) throws {
    let verdict = try verdict(of: judge, on: graph)
    checkpoint.epochs.append(
      TuneReport.Epoch(
        epoch: epoch, trainingLoss: trainingLoss, loss: verdict.loss, agreement: verdict.agreement,
        seconds: Double((ContinuousClock.now - start) / .seconds(1))))
    if checkpoint.epochs.indices.last == bestEpoch {
      best = graph
      checkpoint.best = checkpoint.state.values
    }
  }

  private func verdict(of judge: TrialJudge, on graph: Graph) throws -> TrialJudge.Verdict {
    try judge.verdict(on: compiler.compile(graph), threads: options.training.threads)
  }

  /// - Parameter test: judges the network before and after, on samples that nothing else has seen; nil: nothing does.
  package func report(test: TrialJudge?, seconds: Double) throws -> TuneReport {
    TuneReport(
      epochs: checkpoint.epochs, best: checkpoint.epochs[bestEpoch].epoch, samples: trainer?.samples,
      validationSamples: judge.count,
      test: try test.map { test in
        TuneReport.Test(
          samples: test.count, before: try verdict(of: test, on: first), after: try verdict(of: test, on: best))
      }, seconds: seconds)
  }
}

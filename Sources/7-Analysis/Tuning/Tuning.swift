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

  private var trainer: Trainer
  private let compiler: Compiler
  private let judge: TrialJudge
  private let options: Options
  package private(set) var checkpoint: Checkpoint
  /// The network as it was.
  private let first: Graph
  /// The best network so far.
  package private(set) var best: Graph

  package init(_ trainer: Trainer, compiler: Compiler, judge: TrialJudge, options: Options) {
    self.trainer = trainer
    self.compiler = compiler
    self.judge = judge
    self.options = options
    let state = trainer.network.state
    checkpoint = Checkpoint(epochs: [], state: state, best: state.values)
    first = trainer.network.graph
    best = first
  }

  /// Goes on from there.
  /// - Returns: whether the checkpoint is of a network like this one.
  package mutating func resume(_ checkpoint: Checkpoint) throws -> Bool {
    var kept = trainer.network
    var state = checkpoint.state
    state.values = checkpoint.best
    guard kept.resume(state), trainer.network.resume(checkpoint.state) else { return false }
    self.checkpoint = checkpoint
    if bestEpoch > 0 { best = try kept.trained() }
    return true
  }

  /// Of all epochs together.
  package var steps: Int { options.training.epochs * trainer.stepsPerEpoch }
  /// Of those that were.
  package var stepsDone: Int { max(checkpoint.epochs.count - 1, 0) * trainer.stepsPerEpoch }

  /// The first with the least loss.
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
      try judgeEpoch(first, trainingLoss: nil, since: ContinuousClock.now)
      try ended(self)
    }
    while checkpoint.epochs.count <= options.training.epochs {
      let epoch = checkpoint.epochs.count
      if epoch - 1 - bestEpoch >= options.patience { break }
      let start = ContinuousClock.now
      let loss = trainer.run(epoch: epoch - 1, progress: stepped)
      guard loss.isFinite else { break }
      try judgeEpoch(trainer.network.trained(), trainingLoss: loss, since: start)
      try ended(self)
    }
  }

  private mutating func judgeEpoch(
    _ graph: Graph, trainingLoss: Double?, since start: ContinuousClock.Instant
  ) throws {
    let epoch = checkpoint.epochs.count
    let verdict = try verdict(of: judge, on: graph)
    checkpoint.epochs.append(
      TuneReport.Epoch(
        epoch: epoch, trainingLoss: trainingLoss, loss: verdict.loss, agreement: verdict.agreement,
        seconds: Double((ContinuousClock.now - start) / .seconds(1))))
    checkpoint.state = trainer.network.state
    if bestEpoch == epoch {
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
      epochs: checkpoint.epochs, best: bestEpoch, samples: trainer.samples, validationSamples: judge.count,
      test: try test.map { test in
        TuneReport.Test(
          samples: test.count, before: try verdict(of: test, on: first), after: try verdict(of: test, on: best))
      }, seconds: seconds)
  }
}

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

  private var trainer: Trainer
  private let compiler: Compiler
  private let judge: TrialJudge
  private let options: Options
  package private(set) var epochs: [TuneReport.Epoch] = []
  /// The network as it was.
  package let first: Graph
  /// The best so far.
  package private(set) var best: (epoch: Int, graph: Graph)

  package init(_ trainer: Trainer, compiler: Compiler, judge: TrialJudge, options: Options) {
    self.trainer = trainer
    self.compiler = compiler
    self.judge = judge
    self.options = options
    first = trainer.network.graph
    best = (0, first)
  }

  /// Of all epochs together.
  package var steps: Int { options.training.epochs * trainer.stepsPerEpoch }

  /// - Parameters:
  ///   - stepped: told after every step.
  ///   - ended: told of every epoch.
  /// - Throws: what keeps the network from being compiled, or that its numbers left those of float32.
  package mutating func run(
    stepped: () -> Void = {}, ended: (TuneReport.Epoch) throws -> Void = { _ in }
  ) throws {
    try judgeEpoch(0, first, trainingLoss: nil, since: ContinuousClock.now, ended)
    for epoch in 1...max(options.training.epochs, 1) {
      let start = ContinuousClock.now
      let loss = trainer.run(epoch: epoch - 1, progress: stepped)
      guard loss.isFinite else { break }
      try judgeEpoch(epoch, try trainer.network.trained(), trainingLoss: loss, since: start, ended)
      if epoch - best.epoch >= options.patience { break }
    }
  }

  private mutating func judgeEpoch(
    _ epoch: Int, _ graph: Graph, trainingLoss: Double?, since start: ContinuousClock.Instant,
    _ ended: (TuneReport.Epoch) throws -> Void
  ) throws {
    let verdict = try judge.verdict(on: compiler.compile(graph), threads: options.training.threads)
    if epoch == 0 || verdict.loss < epochs[best.epoch].loss { best = (epoch, graph) }
    epochs.append(
      TuneReport.Epoch(
        epoch: epoch, trainingLoss: trainingLoss, loss: verdict.loss, agreement: verdict.agreement,
        seconds: Double((ContinuousClock.now - start) / .seconds(1))))
    try ended(epochs[epoch])
  }

  /// - Parameter test: judges the network before and after, on samples that nothing else has seen; nil: nothing does.
  package func report(test: TrialJudge?, seconds: Double) throws -> TuneReport {
    func verdict(_ judge: TrialJudge, _ graph: Graph) throws -> TrialJudge.Verdict {
      try judge.verdict(on: compiler.compile(graph), threads: options.training.threads)
    }
    return TuneReport(
      epochs: epochs, best: best.epoch, samples: trainer.samples, validationSamples: judge.count,
      test: try test.map { test in
        TuneReport.Test(samples: test.count, before: try verdict(test, first), after: try verdict(test, best.graph))
      }, seconds: seconds)
  }
}

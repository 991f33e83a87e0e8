import Calibration
import Compiler
import Exploration
import FloatEngine
import Plans
import Prover
import QIR
import Study
import Threads

/// The search over a network's widths: a method asks, whoever takes part in the study judges, and the trials are kept in the order
/// in which they were asked for. What was judged before is found in the study: to resume a search is to run it again.
package struct NetworkSearch: Sendable {
  package let space: WidthSpace
  package let costs: CostTable
  /// In the order in which they were asked for.
  package private(set) var trials: [Trial] = []
  private let limits: SearchLimits
  private let minimize: Costs.Kind
  private let study: Study
  private let threads: Int
  private let maker: TrialMaker

  /// Lays the groundwork.
  /// - Parameters:
  ///   - calibrator: says how; of one thread, for as many trials as there are threads.
  ///   - inputs: that calibrate.
  ///   - train: makes a better network of a quantized one.
  package init(
    _ space: WidthSpace, compiler: Compiler, calibrator: Calibrator, inputs: [NodeID: Batch], judge: TrialJudge,
    limits: SearchLimits, minimize: Costs.Kind, study: Study, threads: Int,
    train: @escaping @Sendable (Graph) throws -> Graph
  ) throws {
    self.space = space
    self.limits = limits
    self.minimize = minimize
    self.study = study
    self.threads = threads
    var compiler = compiler
    compiler.verifiesProgram = false
    compiler.memory = ProofMemory()
    var calibrator = calibrator
    calibrator.memory = FitMemory()
    let groundwork = Groundwork(space, calibrator: calibrator, inputs: inputs, threads: threads)
    maker = TrialMaker(
      space: space, groundwork: groundwork, compiler: compiler, calibrator: calibrator, inputs: inputs, judge: judge,
      train: train)
    let widest = try compiler.compile(groundwork.plan(at: space.space.widest).applied(to: space.network))
    costs = try CostTable(minimize, of: space, like: widest)
  }

  /// For methods: drops are what is missing to the limits.
  package var goal: Goal {
    Goal(cost: costs.function, mostDrop: limits.isEmpty ? nil : 0, mostCost: limits.limitLoss ? nil : limits[minimize])
  }

  // MARK: Turns

  /// - Parameter progress: told after every batch.
  package mutating func run(
    _ method: inout any ExplorationMethod, progress: (NetworkSearch) throws -> Void = { _ in }
  ) throws {
    while true {
      let requests = method.ask()
      if requests.isEmpty { return }
      let found = try judged(requests.map { TrialTask(request: $0) })
      trials += found
      method.tell(found.map { Outcome(loss: $0.verdict.loss, drop: limits.excess(of: $0)) })
      try progress(self)
    }
  }

  /// Calibrates the networks of points thoroughly, and judges them.
  package mutating func refine(_ points: [Point]) throws {
    trials += try judged(points.map { TrialTask(request: Request($0), isThorough: true) })
  }

  /// Trains the networks of points, calibrated thoroughly, and judges them.
  package mutating func tune(_ points: [Point]) throws {
    trials += try judged(points.map { TrialTask(request: Request($0), isThorough: true, isTuned: true) })
  }

  private func judged(_ tasks: [TrialTask]) throws -> [Trial] {
    let (study, maker, space) = (study, maker, space.space)
    let keys = tasks.map { $0.key(in: space) }
    let byKey = Dictionary(zip(keys, tasks), uniquingKeysWith: { first, _ in first })
    let wanted = zip(keys, tasks).map { key, task in
      (key: key, kind: task.kind, payload: Array(key.utf8))
    }
    let workers = max(1, min(threads, tasks.count))
    // Each has them all in the end; what one could not do is not hidden by another that waited for it.
    let results = try concurrently(workers, threads: workers) { _ in
      Result { try study.results(of: wanted) { trial in try byKey[trial.key].map(maker.make) ?? [] } }
    }.map { try $0.get() }
    return try results[0].map { try Trial(encoded: $0) }
  }

  // MARK: Results

  /// The plan of a trial, all decided.
  package func plan(of trial: Trial) -> QuantizationPlan {
    point(of: trial).map { maker.plan(at: $0, isThorough: trial.isThorough) } ?? QuantizationPlan()
  }

  /// The network of a trial: the same every time that it is made.
  package func compilation(of trial: Trial) throws -> Compilation {
    try maker.compilation(plan(of: trial), isTuned: trial.isTuned == true)
  }

  package func point(of trial: Trial) -> Point? {
    space.space.point(of: trial.widths)
  }
}

/// Does a search's tasks.
private struct TrialMaker: Sendable {
  let space: WidthSpace
  let groundwork: Groundwork
  let compiler: Compiler
  let calibrator: Calibrator
  let inputs: [NodeID: Batch]
  let judge: TrialJudge
  let train: @Sendable (Graph) throws -> Graph

  func plan(at point: Point, isThorough: Bool) -> QuantizationPlan {
    isThorough ? calibrator.calibrate(space.widths(at: point), on: inputs).plan : groundwork.plan(at: point)
  }

  func compilation(_ plan: QuantizationPlan, isTuned: Bool) throws -> Compilation {
    let compilation = try compiler.compile(plan.applied(to: space.network))
    return isTuned ? try compiler.compile(train(compilation.model.graph)) : compilation
  }

  @Sendable func make(_ task: TrialTask) throws -> [UInt8] {
    let point = task.request.point
    let compilation = try compilation(plan(at: point, isThorough: task.isThorough), isTuned: task.isTuned)
    return try Trial(
      widths: space.space.values(of: point), isThorough: task.isThorough, isTuned: task.isTuned ? true : nil,
      share: task.request.share, costs: try Costs(compilation),
      verdict: try judge.verdict(on: compilation, share: task.request.share)
    ).encoded
  }
}

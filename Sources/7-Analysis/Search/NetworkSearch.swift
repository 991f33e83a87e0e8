import Calibration
import Compiler
import Diagnostics
import Exploration
import FloatEngine
import Plans
import QIR
import Simulator
import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The search over a network's widths: a method asks, a ledger has its points judged, the trials are kept in the order in which
/// they were asked.
package struct NetworkSearch: Sendable {
  package struct Options: Sendable {
    package var minimize = Costs.Kind.cycles
    /// Of the metric, or of agreement where there are no labels, 0 to 1; nil: the whole front is wanted.
    package var mostDrop: Double?
    package var evaluations = 300

    package init() {}
  }

  package let space: WidthSpace
  package let costs: CostTable
  private let options: Options
  private let compiler: Compiler
  private let calibrator: Calibrator
  private let inputs: [NodeID: Batch]
  private let judge: TrialJudge
  private let ledger: any TrialLedger
  private let groundwork: Groundwork
  /// In the order in which they were asked for.
  package private(set) var trials: [Trial] = []

  /// Lays the groundwork.
  package init(
    _ space: WidthSpace, compiler: Compiler, inputs: [NodeID: Batch], judge: TrialJudge, ledger: any TrialLedger,
    options: Options
  ) throws {
    self.space = space
    self.options = options
    self.inputs = inputs
    self.judge = judge
    self.ledger = ledger
    calibrator = Calibrator(space.network)
    var compiler = compiler
    compiler.verifiesProgram = false
    self.compiler = compiler
    let calibrator = calibrator
    groundwork = Groundwork(space, calibrator: calibrator, inputs: inputs) { count, calibrate in
      let found = Mutex([Calibration?](repeating: nil, count: count))
      let next = Atomic(0)
      onThreads(min(count, processorCount)) { _ in
        while true {
          let index = next.add(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          let calibration = calibrate(index)
          found.withLock { $0[index] = calibration }
        }
      }
      return found.withLock { $0.compactMap { $0 } }
    }
    let widest = try compiler.compile(groundwork.plan(at: space.space.widest).applied(to: space.network))
    costs = try CostTable(options.minimize, of: space, like: widest)
  }

  package var goal: Goal { Goal(cost: costs.function, mostDrop: options.mostDrop) }

  // MARK: Turns

  /// - Parameter progress: told after every batch.
  package mutating func run(_ method: inout some ExplorationMethod, progress: ([Trial]) -> Void = { _ in }) throws {
    while true {
      let requests = method.ask()
      if requests.isEmpty { return }
      let found = try judged(requests.map { TrialTask(request: $0) })
      trials += found
      method.tell(found.map { Outcome(loss: $0.verdict.loss, drop: $0.verdict.drop) })
      progress(trials)
    }
  }

  /// Calibrates the networks of points thoroughly, and judges them.
  package mutating func refine(_ points: [Point]) throws {
    trials += try judged(points.map { TrialTask(request: Request($0), isThorough: true) })
  }

  private mutating func judged(_ tasks: [TrialTask]) throws -> [Trial] {
    let maker = TrialMaker(
      space: space, groundwork: groundwork, compiler: compiler, calibrator: calibrator, inputs: inputs, judge: judge)
    let results = try ledger.results(of: tasks.map { ($0.key(in: space.space), $0) }, making: maker.make)
    return try results.map { try JSONDecoder().decode(Trial.self, from: Data($0)) }
  }

  // MARK: Results

  /// The plan of a trial.
  package func plan(of trial: Trial) throws -> QuantizationPlan {
    guard let point = point(of: trial) else { return QuantizationPlan() }
    return trial.isThorough
      ? calibrator.calibrate(space.widths(at: point), on: inputs).plan : groundwork.plan(at: point)
  }

  package func point(of trial: Trial) -> Point? {
    let choices = zip(space.space.variables, trial.widths).compactMap { $0.choices.firstIndex(of: $1) }
    return choices.count == space.space.variables.count ? Point(choices) : nil
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

  @Sendable func make(_ task: TrialTask) throws -> [UInt8] {
    let point = task.request.point
    let plan = task.isThorough ? calibrator.calibrate(space.widths(at: point), on: inputs).plan : groundwork.plan(at: point)
    let compilation = try compiler.compile(plan.applied(to: space.network))
    let trial = Trial(
      widths: space.space.values(of: point), isThorough: task.isThorough, share: task.request.share,
      costs: try Costs(compilation), verdict: try judge.verdict(on: compilation, share: task.request.share))
    return Array(try JSONEncoder().encode(trial))
  }
}

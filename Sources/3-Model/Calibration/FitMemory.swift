import Plans
import QIR
import Synchronization

/// What layers were fitted to be, by everything that was decided on the way to them: plans that begin alike are fitted alike. Of
/// one calibrator on the same inputs.
package final class FitMemory: Sendable {
  /// A way from the inputs of a network up to a node.
  struct Way: Hashable {
    fileprivate var number: Int
    fileprivate static let start = Way(number: 0)
  }

  /// What a plan says of a node: of a map all that was decided, of a layer what was said before it is fitted.
  enum Decision: Hashable {
    case map(MapPlan)
    case layer(WeightPlan, BiasPlan?)
  }

  private struct Step: Hashable {
    var from: Way
    var node: NodeID
    var decision: Decision
  }

  /// What the factors of an edge depend on.
  struct Question: Hashable {
    /// nil: not on the way to it.
    var way: Way?
    var edge: NodeID
    var maps: [MapPlan]
    var weights: [WeightPlan?]
  }

  private struct State {
    var ways: [Step: Way] = [:]
    var choices: [Way: CalibrationWalk.Choice] = [:]
    var factors: [Question: [Float]] = [:]
    var bytes = 0
  }

  private static let mostBytes = 256 << 20
  private let state = Mutex(State())

  package init() {}

  let start = Way.start

  func way(from: Way, over node: NodeID, _ decision: Decision) -> Way {
    state.withLock { state in
      let step = Step(from: from, node: node, decision: decision)
      if let way = state.ways[step] { return way }
      let way = Way(number: state.ways.count + 1)
      state.ways[step] = way
      return way
    }
  }

  func choice(at way: Way, or make: () -> CalibrationWalk.Choice) -> CalibrationWalk.Choice {
    if let known = state.withLock({ $0.choices[way] }) { return known }
    let choice = make()
    state.withLock { state in
      state.bytes += choice.fit.codes.count * MemoryLayout<Int16>.size
      if state.bytes <= Self.mostBytes { state.choices[way] = choice }
    }
    return choice
  }

  func factors(_ question: Question, or make: () -> [Float]) -> [Float] {
    if let known = state.withLock({ $0.factors[question] }) { return known }
    let factors = make()
    state.withLock { $0.factors[question] = factors }
    return factors
  }
}

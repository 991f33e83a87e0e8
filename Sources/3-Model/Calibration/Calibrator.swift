import FloatEngine
import Plans
import QIR
import Threads

/// Decides what a plan leaves open, scales of maps, codes and scales of weights and biases, by what a network does with some
/// inputs. One walk from input to output: every layer is fitted on inputs as the layers before it leave them, to the outputs that
/// the float network has.
package struct Calibrator: Sendable {
  package let network: FloatNetwork
  package var ranges = RangeMethod.leastError
  /// What may become of weights; the first half of the inputs fits, the second chooses.
  package var methods = FitMethod.all
  /// By layer what is known to help it: nothing else is tried.
  package var known: [String: FitMethod] = [:]
  /// How many positions a layer is fitted to at most.
  package var mostPositions = 1 << 17
  /// Of all layers but the last one; nil: of none.
  package var pruning: Pruning?
  /// Of what was done with the same settings and inputs before; nil: nothing is remembered.
  package var memory: FitMemory?
  /// Whether channels of maps may be made alike.
  package var equalizes = true
  let threads: Int
  private let engine: FloatEngine

  /// - Parameter threads: however many, the same comes out.
  package init(_ network: FloatNetwork, threads: Int = processorCount) {
    self.network = network
    self.threads = threads
    engine = FloatEngine(network.graph, threads: threads)
  }

  /// - Parameters:
  ///   - plan: with widths for every map and layer; what else it says stays.
  ///   - inputs: by input node, as many samples of each.
  package func calibrate(_ plan: QuantizationPlan, on inputs: [NodeID: Batch]) -> Calibration {
    // As many as memory may take.
    let inputs = inputs.mapValues { $0.thinned(to: network.mostSamples) }
    var plan = plan
    shareScales(&plan, inputs)
    var walk = CalibrationWalk(self, engine, plan, on: inputs)
    walk.run()
    return walk.calibration
  }

  /// Gives maps that a concatenation puts side by side one scale, by the values of all of them in the float network.
  private func shareScales(_ plan: inout QuantizationPlan, _ inputs: [NodeID: Batch]) {
    var ties: [Set<NodeID>] = []
    for tie in network.ties where tie.sharesScale(at: plan.maps[network.graph[tie.maps[0]].name]?.bits ?? 0) {
      let meeting = ties.filter { !$0.isDisjoint(with: tie.maps) }
      ties.removeAll { !$0.isDisjoint(with: tie.maps) }
      ties.append(meeting.reduce(Set(tie.maps)) { $0.union($1) })
    }
    for tie in ties {
      let names = tie.sorted().map { network.graph[$0].name }
      guard let first = names.first, let map = plan.maps[first], names.contains(where: { plan.maps[$0]?.scale == nil })
      else { continue }
      let few = inputs.mapValues { $0[0..<min($0.samples, 64)] }
      let values = engine.run(few, results: tie)
      let all = Batch(shape: Shape([1]), values: tie.sorted().flatMap { values[$0]?.values ?? [] })
      let decided = map.calibrated(on: all, by: ranges)
      for name in names { plan.maps[name] = decided }
    }
  }
}

import Calibration
import Exploration
import FloatEngine
import Plans
import QIR
import Threads

/// What full calibrations of a few flat networks found and every trial begins with: the grids of maps by their widths, and what
/// helps each layer. With that a trial fits its layers once each, behind the layers in front as they are in its own network.
package struct Groundwork: Sendable {
  private let space: WidthSpace
  private let calibrator: Calibrator
  private let inputs: [NodeID: Batch]
  /// By width.
  private var maps: [Int: [String: MapPlan]] = [:]
  private var methods: [String: FitMethod] = [:]

  /// Multiply-accumulates that a trial's inputs may take at most, so that it is done at once.
  private static let mostWork = 1 << 29

  /// - Parameters:
  ///   - inputs: that calibrate.
  package init(_ space: WidthSpace, calibrator: Calibrator, inputs: [NodeID: Batch], threads: Int) {
    self.space = space
    let widths = Set(space.mapVariables.values.flatMap { space.space.variables[$0].choices }).sorted()
    let calibrations = concurrently(widths.count, threads: threads) { index in
      calibrator.calibrate(Self.flat(widths[index], in: space), on: inputs)
    }
    for (bits, calibration) in zip(widths, calibrations) { maps[bits] = calibration.plan.maps }
    for layer in calibrations.first?.layers ?? [] { methods[layer.name] = layer.method }
    var quick = calibrator
    quick.known = methods
    quick.mostPositions = 1 << 13
    quick.memory = FitMemory()
    self.calibrator = quick
    self.inputs = Self.few(inputs, of: space.network)
  }

  /// Narrow weights, and maps of one width where they may have it.
  private static func flat(_ bits: Int, in space: WidthSpace) -> QuantizationPlan {
    var point = space.space.flat(bits)
    for variable in space.weightVariables.values { point[variable] = 0 }
    return space.widths(at: point)
  }

  private static func few(_ inputs: [NodeID: Batch], of network: FloatNetwork) -> [NodeID: Batch] {
    let graph = network.graph
    let macs = network.layers.reduce(1) { sum, id in
      guard let layer = graph[id].op as? any LinearOperator else { return sum }
      return sum + graph[id].shape.elements * layer.kernel.elements / layer.outputChannels
    }
    let most = max(64, mostWork / macs)
    return inputs.mapValues { $0.thinned(to: most) }
  }

  /// The plan of a point, all decided.
  package func plan(at point: Point) -> QuantizationPlan {
    var plan = space.widths(at: point)
    for (name, map) in plan.maps { plan.maps[name] = maps[map.bits]?[name] ?? map }
    return calibrator.calibrate(plan, on: inputs).plan
  }
}

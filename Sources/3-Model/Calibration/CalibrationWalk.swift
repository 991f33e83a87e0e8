import CValueKernels
import FloatEngine
import Numbers
import Plans
import QIR
import Threads

/// A calibrator's way from a network's inputs to its outputs.
struct CalibrationWalk {
  /// What a tensor holds for the same samples in the float network and in the quantized one, there divided by the factors of its
  /// map.
  struct Pair {
    var float: Batch
    var quantized: Batch
  }

  var calibration: Calibration
  let calibrator: Calibrator
  let engine: FloatEngine
  private let consumers: [[NodeID]]
  private let inputs: [NodeID: Batch]
  private var values: [NodeID: Pair] = [:]
  /// The biases that were found for layers, before they became codes.
  private var biases: [NodeID: [Double]] = [:]
  /// By layer, and by what narrows a map: by what its inputs' channels have been divided.
  private var divisors: [NodeID: [Float]] = [:]
  /// Behind what was decided; nil where nothing is remembered.
  private(set) var way: FitMemory.Way?

  var network: FloatNetwork { calibrator.network }
  var graph: Graph { calibrator.network.graph }

  /// - Parameter inputs: by input node.
  init(_ calibrator: Calibrator, _ engine: FloatEngine, _ plan: QuantizationPlan, on inputs: [NodeID: Batch]) {
    self.calibrator = calibrator
    self.engine = engine
    self.inputs = inputs
    consumers = calibrator.network.graph.consumers
    way = calibrator.memory?.start
    calibration = Calibration(plan: plan, layers: [], results: [])
  }

  mutating func run() {
    let isMap = Set(network.maps)
    for id in graph.ids {
      let node = graph[id]
      var pair: Pair
      if let given = inputs[id] {
        pair = Pair(float: given, quantized: given)
      } else {
        let read = node.inputs.compactMap { values[$0] }
        let float = engine.evaluate(id, read.map(\.float))
        pair = Pair(float: float, quantized: float)
        if let layer = LinearLayer(node.op, from: read[0].float.shape, to: node.shape) {
          pair.quantized = fit(layer, id, read[0].quantized, wanted: wanted(of: id, float))
          equalizeJoined(id, &pair)
        } else {
          pair.quantized = engine.evaluate(id, read.map(\.quantized)).multiplied(by: divisors[id] ?? [])
        }
      }
      if isMap.contains(id) { quantize(id, &pair) }
      values[id] = pair
      for input in node.inputs where consumers[input.index].last == id && !network.results.contains(input) {
        values[input] = nil
      }
    }
    calibration.results = network.results.compactMap { values[$0].map { ($0.float, $0.quantized) } }
  }

  /// What a layer should make: what it makes in the float network, and where a sum alone reads it, what the others in the sum
  /// have lost as well.
  private func wanted(of id: NodeID, _ float: Batch) -> Batch {
    let readers = consumers[id.index]
    guard readers.count == 1, !network.results.contains(id), graph[readers[0]].op is AddOp else { return float }
    return graph[readers[0]].inputs.reduce(into: float) { wanted, other in
      guard other != id, let pair = values[other] else { return }
      let quantized = pair.quantized.multiplied(by: factors(of: other))
      qcc_f32_add(pair.float.values.count, pair.float.values, &wanted.values)
      qcc_f32_subtract(quantized.values.count, quantized.values, &wanted.values)
    }
  }

  // MARK: Maps

  /// Decides a map's scale and factors, and makes the values that its codes stand for.
  private mutating func quantize(_ id: NodeID, _ pair: inout Pair) {
    guard var map = calibration.plan.maps[graph[id].name] else { return }
    if let edge = network.edge(of: id), !edge.isJoined {
      let isFitted = biases[edge.producers[0]] != nil || !(graph[edge.producers[0]].op is any LinearOperator)
      if isFitted, isOpen(edge) { map.factors = factors(for: edge, from: [id: pair]) }
      if !map.factors.isEmpty {
        if isFitted {
          pair.quantized = pair.quantized.divided(by: map.factors)
          divide(edge.producers[0], by: map.factors)
        }
        for reader in edge.readers { divisors[reader] = map.factors }
      }
    }
    if map.scale == nil { map = decided(map, id, pair) }
    calibration.plan.maps[graph[id].name] = map
    go(over: id, .map(map))
    pair.quantized = map.quantized(pair.quantized)
  }

  /// With a scale and a zero point.
  private func decided(_ map: MapPlan, _ id: NodeID, _ pair: Pair) -> MapPlan {
    guard network.results.contains(id), calibrator.ranges == .leastError else {
      return map.calibrated(on: pair.quantized, by: calibrator.ranges)
    }
    // What is handed out is compared: the largest must not be clipped alike.
    let isCompared = consumers[id.index].contains { graph[$0].op is SoftmaxOp }
    return isCompared && map.bits < 8
      ? map.withLeastDivergence(pair.quantized, from: pair.float) : map.calibrated(on: pair.quantized, by: .minMax)
  }

  /// A layer whose results meet others in a sum divides its channels as soon as it is fitted: the first one of them decides, by
  /// the float network, for all.
  private mutating func equalizeJoined(_ id: NodeID, _ pair: inout Pair) {
    guard let edge = network.edges.first(where: { $0.isJoined && $0.producers.contains(id) }) else { return }
    let map = graph[edge.map].name
    if id == edge.producers[0] {
      if isOpen(edge), edge.producers.allSatisfy(mayDivide) {
        let factors = factors(for: edge, from: looked(at: edge.producers))
        calibration.plan.maps[map]?.factors = factors
      }
      for reader in edge.readers { divisors[reader] = calibration.plan.maps[map]?.factors ?? [] }
    }
    guard let factors = calibration.plan.maps[map]?.factors, !factors.isEmpty, biases[id] != nil else { return }
    pair.quantized = pair.quantized.divided(by: factors)
    divide(id, by: factors)
  }

  /// Whether nothing has been said of a layer's numbers, and each channel has its own.
  private func mayDivide(_ id: NodeID) -> Bool {
    guard let op = graph[id].op as? any LinearOperator, let weights = calibration.plan.weights[graph[id].name] else {
      return false
    }
    let bias = calibration.plan.biases[graph[id].name]
    return biases[id] != nil
      || weights.isPerChannel && op.kernel.shape[op.scaleAxis] == op.outputChannels && weights.codes == nil
        && bias?.codes == nil && bias?.scales == nil
  }

  /// What nodes hold in the float network for some of the samples.
  private func looked(at nodes: [NodeID]) -> [NodeID: Pair] {
    engine.run(inputs.mapValues { $0.thinned(to: Self.lookedAt) }, results: Set(nodes))
      .mapValues { Pair(float: $0, quantized: $0) }
  }

  private static let lookedAt = 128

  /// Moves factors into the weights and the bias of a layer that has been decided.
  private mutating func divide(_ id: NodeID, by factors: [Float]) {
    let name = graph[id].name
    guard let scales = calibration.plan.weights[name]?.scales, let numbers = biases[id] else { return }
    let divided = zip(scales, factors).map { Float(Double($0) / Double($1)) }
    calibration.plan.weights[name]?.scales = divided
    calibration.plan.biases[name]?.scales = nil
    calibration.plan.biases[name]?.codes = nil
    decideBias(of: id, zip(numbers, factors).map { $0 / Double($1) }, scales: divided)
  }

  // MARK: Layers

  /// Decides a layer's weights and bias, and runs it with them.
  private mutating func fit(_ layer: LinearLayer, _ id: NodeID, _ input: Batch, wanted: Batch) -> Batch {
    let node = graph[id]
    guard let op = node.op as? any LinearOperator, let weights = calibration.plan.weights[node.name] else {
      return engine.evaluate(id, [input])
    }
    let bias = calibration.plan.biases[node.name]
    go(over: id, .layer(weights, bias))
    var fit: LayerFit
    if let codes = weights.codes, let scales = weights.scales {
      fit = LayerFit(codes: codes.widened.map { Int16($0) }, scales: scales, biases: op.biases)
    } else {
      let found = remembered {
        choose(
          solver(of: id, layer, op, weights, inputsDividedBy: divisors[id] ?? []), input, wanted,
          known: calibrator.known[node.name])
      }
      fit = found.fit
      calibration.layers.append(found.said(of: node.name))
      calibration.plan.weights[node.name]?.scales = fit.scales
      calibration.plan.weights[node.name]?.codes = IntegerArray(fit.codes)
      if fit.scales.count == op.outputChannels, bias?.codes == nil, bias?.scales == nil { biases[id] = fit.biases }
    }
    let decided = decideBias(of: id, fit.biases, scales: fit.scales)
    let channels = op.outputChannels
    let scales = (0..<channels).map { fit.scales[$0 * fit.scales.count / channels] }
    return layer(
      input, weights: fit.codes.indices.map { Float(fit.codes[$0]) * scales[$0 % channels] },
      bias: decided.values(count: channels), to: node.shape, threads: calibrator.threads)
  }

  @discardableResult
  private mutating func decideBias(of id: NodeID, _ numbers: [Double], scales: [Float]) -> BiasPlan {
    let name = graph[id].name
    let inputScale = network.mapsRead(by: id).first.flatMap { calibration.plan.maps[graph[$0].name]?.scale } ?? 1
    let units = scales.count == 1 ? scales : numbers.indices.map { scales[$0 * scales.count / numbers.count] }
    let bias = (calibration.plan.biases[name] ?? BiasPlan(bits: 32)).decided(
      numbers, units: units.map { $0 * inputScale })
    calibration.plan.biases[name] = bias
    return bias
  }

  func solver(
    of id: NodeID, _ layer: LinearLayer, _ op: any LinearOperator, _ plan: WeightPlan, inputsDividedBy factors: [Float]
  ) -> LayerSolver {
    LayerSolver(
      layer: layer, weights: op.weights(forInputsDividedBy: factors), biases: op.biases, bits: plan.bits,
      sharing: !plan.isPerChannel ? .all : op.scaleAxis == op.kernel.shape.count - 1 ? .none : .withinGroup,
      pruning: id == network.layers.last ? nil : calibrator.pruning, number: id.index)
  }

  // MARK: What was fitted before

  private mutating func go(over id: NodeID, _ decision: FitMemory.Decision) {
    way = way.flatMap { calibrator.memory?.way(from: $0, over: id, decision) }
  }

  /// The choice for a layer, at the end of the way to it.
  private func remembered(_ make: () -> Choice) -> Choice {
    guard let way, let memory = calibrator.memory else { return make() }
    return memory.choice(at: way, or: make)
  }

  // MARK: Choices

  struct Choice {
    var fit: LayerFit
    var method: FitMethod
    var gap = 1.0
    var lost: Double
    var energy: Double

    func said(of layer: String) -> Calibration.Layer {
      Calibration.Layer(name: layer, method: method, gap: gap, lost: lost, energy: energy)
    }
  }

  private func choose(_ solver: LayerSolver, _ input: Batch, _ wanted: Batch, known: FitMethod?) -> Choice {
    let methods = calibrator.methods
    let (first, second) = halves(solver.layer, input, wanted, positions: calibrator.mostPositions)
    if let known {
      return Choice(
        fit: solver.fit(input.samples > 1 ? first + second : first, by: known, threads: calibrator.threads),
        method: known, lost: 0, energy: 0)
    }
    guard input.samples > 1 else {
      let fit = solver.fit(first, by: methods[0])
      return Choice(fit: fit, method: methods[0], lost: solver.error(of: fit, on: first), energy: first.energy)
    }
    let threads = calibrator.threads
    let tries = concurrently(methods.count, threads: threads) { index in
      let fit = solver.fit(first, by: methods[index])
      return (method: methods[index], own: solver.error(of: fit, on: first), other: solver.error(of: fit, on: second))
    }
    guard let best = tries.min(by: { $0.other < $1.other }) else { preconditionFailure("there are methods") }
    let size = Double(input.samples - input.samples / 2) / Double(input.samples / 2)
    return Choice(
      fit: solver.fit(first + second, by: best.method, threads: threads), method: best.method,
      gap: best.other / max(best.own * size, 1e-30), lost: best.other, energy: second.energy)
  }

  /// A layer's moments over the first half of the samples, and over the rest.
  func halves(
    _ layer: LinearLayer, _ input: Batch, _ wanted: Batch, positions most: Int
  ) -> (Moments, Moments) {
    let half = max(1, input.samples / 2)
    let positions = wanted.values.count / Int(layer.geometry.out_channels)
    let step = (positions / most) * 2 + 1
    let halves = concurrently(2, threads: calibrator.threads) { index in
      Moments(
        layer, inputs: input, wanted: wanted, samples: index == 0 ? 0..<half : half..<input.samples, step: step)
    }
    return (halves[0], halves[1])
  }
}

extension LinearOperator {
  fileprivate var biases: [Double] { bias?.values ?? Array(repeating: 0, count: outputChannels) }
}

extension BiasPlan {
  fileprivate func values(count: Int) -> [Float] {
    guard let codes = codes?.widened, let scales else { return Array(repeating: 0, count: count) }
    return codes.indices.map { Float(Double(codes[$0]) * Double(scales[$0 % scales.count])) }
  }
}

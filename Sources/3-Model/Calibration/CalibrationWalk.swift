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

  private(set) var calibration: Calibration
  private let calibrator: Calibrator
  private let engine: FloatEngine
  private let consumers: [[NodeID]]
  private var values: [NodeID: Pair] = [:]
  /// The biases that were found for layers, before they became codes.
  private var biases: [NodeID: [Double]] = [:]
  /// By layer: by what its inputs' channels have been divided.
  private var divisors: [NodeID: [Float]] = [:]
  /// Behind what was decided; nil where nothing is remembered.
  private var way: FitMemory.Way?

  private var network: FloatNetwork { calibrator.network }
  private var graph: Graph { calibrator.network.graph }

  init(_ calibrator: Calibrator, _ engine: FloatEngine, _ plan: QuantizationPlan) {
    self.calibrator = calibrator
    self.engine = engine
    consumers = calibrator.network.graph.consumers
    way = calibrator.memory?.start
    calibration = Calibration(plan: plan, layers: [], results: [])
  }

  mutating func run(_ inputs: [NodeID: Batch]) {
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
        } else {
          pair.quantized = engine.evaluate(id, read.map(\.quantized))
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
      qcc_f32_add(pair.float.values.count, pair.float.values, &wanted.values)
      qcc_f32_subtract(pair.quantized.values.count, pair.quantized.values, &wanted.values)
    }
  }

  // MARK: Maps

  /// Decides a map's scale and factors, and makes the values that its codes stand for.
  private mutating func quantize(_ id: NodeID, _ pair: inout Pair) {
    guard var map = calibration.plan.maps[graph[id].name] else { return }
    let edge = network.edge(of: id).flatMap { biases[$0.producer] == nil ? nil : $0 }
    if let edge, map.scale == nil, map.factors.isEmpty, map.bits <= Self.widestEqualized, calibrator.equalizes {
      map.factors = factors(for: map, id, pair, edge)
    }
    if let edge, !map.factors.isEmpty {
      pair.quantized = pair.quantized.divided(by: map.factors)
      divide(edge.producer, by: map.factors)
    }
    if !map.factors.isEmpty {
      for reader in network.edge(of: id)?.readers ?? [] { divisors[reader] = map.factors }
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

  /// Wider maps have codes to spare, which what calibration has not shown needs more than they do.
  private static let widestEqualized = 7

  /// Those with which the layers that read a map lose least of inputs that they were not fitted to: powers of the channels'
  /// ranges, from none to all channels alike.
  private func factors(for map: MapPlan, _ id: NodeID, _ pair: Pair, _ edge: FloatNetwork.Edge) -> [Float] {
    let ranges = map.channelRanges(of: pair.quantized)
    let floats = carried(pair.float, from: id, edge) { $1 }
    let wanted = edge.readers.map { engine.evaluate($0, [floats[graph[$0].inputs[0]] ?? pair.float]) }
    var best = (factors: [Float](), error: Double.infinity)
    for factors in [[], ranges.map { $0.squareRoot() }, ranges] {
      func coded(_ map: MapPlan, _ values: Batch) -> Batch {
        (map.scale == nil ? map.calibrated(on: values, by: calibrator.ranges) : map).quantized(values)
      }
      let codes = coded(map, pair.quantized.divided(by: factors))
      let read = carried(codes, from: id, edge) { id, values in
        calibration.plan.maps[graph[id].name].map { coded($0, values) } ?? values
      }
      let error = zip(edge.readers, wanted).reduce(0) { sum, reader in
        sum
          + heldOutError(
            of: reader.0, read[graph[reader.0].inputs[0]] ?? codes, dividedBy: factors, wanted: reader.1)
      }
      if error < best.error { best = (factors, error) }
    }
    return best.factors
  }

  /// What an edge's carriers make of a map's values, and of their results `body`.
  private func carried(
    _ values: Batch, from id: NodeID, _ edge: FloatNetwork.Edge, _ body: (NodeID, Batch) -> Batch
  ) -> [NodeID: Batch] {
    edge.carriers.reduce(into: [id: values]) { found, carrier in
      guard let input = found[graph[carrier].inputs[0]] else { return }
      found[carrier] = body(carrier, engine.evaluate(carrier, [input]))
    }
  }

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

  private func solver(
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
  private func halves(
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

  /// What a layer that is fitted to one half of the inputs loses of the other half's, of all that is wanted there.
  private func heldOutError(of id: NodeID, _ input: Batch, dividedBy factors: [Float], wanted: Batch) -> Double {
    let node = graph[id]
    guard let op = node.op as? any LinearOperator, let weights = calibration.plan.weights[node.name],
      let layer = LinearLayer(op, from: input.shape, to: node.shape)
    else { return 0 }
    let solver = solver(of: id, layer, op, weights, inputsDividedBy: factors)
    let (first, second) = halves(layer, input, wanted, positions: calibrator.mostPositions / 4)
    let fit = solver.fit(first, by: calibrator.methods[0], threads: calibrator.threads)
    return solver.error(of: fit, on: second) / max(second.energy, 1e-30)
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

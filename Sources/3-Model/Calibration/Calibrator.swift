import FloatEngine
import Numbers
import Plans
import QIR

/// Decides what a plan leaves open, scales of maps, codes and scales of weights and biases, by what a network does with some
/// inputs. One walk from input to output: every layer is fitted on inputs as the layers before it leave them, to the outputs that
/// the float network has.
package struct Calibrator: Sendable {
  package let network: FloatNetwork
  package var ranges = RangeMethod.leastError
  /// What may become of weights; the first half of the inputs fits, the second chooses.
  package var methods = FitMethod.all
  private let engine: FloatEngine

  package init(_ network: FloatNetwork) {
    self.network = network
    engine = FloatEngine(network.graph)
  }

  /// What a tensor holds for the same samples in the float network and in the quantized one.
  private struct Pair {
    var float: Batch
    var quantized: Batch
  }

  /// - Parameters:
  ///   - plan: with widths for every map and layer; what else it says stays.
  ///   - inputs: by input node, as many samples of each.
  package func calibrate(_ plan: QuantizationPlan, on inputs: [NodeID: Batch]) -> Calibration {
    let graph = network.graph
    let inputs = fewEnough(inputs)
    let isMap = Set(network.maps)
    var calibration = Calibration(plan: plan, layers: [], results: [])
    shareScales(&calibration.plan, inputs)
    var values: [NodeID: Pair] = [:]
    let lastReaders = graph.consumers.map(\.last)
    for id in graph.ids {
      let node = graph[id]
      let read = node.inputs.compactMap { values[$0] }
      var pair: Pair
      if let given = inputs[id] {
        pair = Pair(float: given, quantized: given)
      } else {
        let float = engine.evaluate(id, read.map(\.float))
        pair = Pair(float: float, quantized: float)
        if let layer = LinearLayer(node.op, from: read[0].float.shape, to: node.shape) {
          pair.quantized = fit(layer, id, read[0].quantized, wanted: float, &calibration)
        } else {
          pair.quantized = engine.evaluate(id, read.map(\.quantized))
        }
      }
      if isMap.contains(id), var map = calibration.plan.maps[node.name] {
        if map.scale == nil {
          // What is handed out is compared: the largest must not be clipped alike.
          let isResult = network.results.contains(id)
          map = map.calibrated(on: pair.quantized, by: isResult && ranges == .leastError ? .minMax : ranges)
        }
        calibration.plan.maps[node.name] = map
        pair.quantized = map.quantized(pair.quantized)
      }
      values[id] = pair
      for input in node.inputs where lastReaders[input.index] == id && !network.results.contains(input) {
        values[input] = nil
      }
    }
    calibration.results = network.results.compactMap { values[$0].map { ($0.float, $0.quantized) } }
    return calibration
  }

  // MARK: Inputs

  /// How many values of one map are held at once, in float and quantized.
  private static let mostValues = 1 << 24

  /// Evenly out of all of them as many as memory may take.
  private func fewEnough(_ inputs: [NodeID: Batch]) -> [NodeID: Batch] {
    let largest = network.graph.nodes.map(\.shape.elements).max() ?? 1
    let most = max(2, Self.mostValues / max(largest, 1))
    return inputs.mapValues { batch in
      guard batch.samples > most else { return batch }
      let values = (0..<most).flatMap { batch[($0 * batch.samples / most)..<($0 * batch.samples / most + 1)].values }
      return Batch(shape: batch.shape, values: values)
    }
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

  // MARK: Layers

  /// How many positions a layer is fitted to at most.
  private static let mostPositions = 1 << 17

  /// Decides a layer's weights and bias, and runs it with them.
  private func fit(
    _ layer: LinearLayer, _ id: NodeID, _ input: Batch, wanted: Batch, _ calibration: inout Calibration
  ) -> Batch {
    let node = network.graph[id]
    guard let op = node.op as? any LinearOperator, var weights = calibration.plan.weights[node.name] else {
      return engine.evaluate(id, [input])
    }
    let biases = op.bias?.values ?? Array(repeating: 0, count: op.outputChannels)
    var fit: LayerFit
    if let codes = weights.codes, let scales = weights.scales {
      fit = LayerFit(codes: codes.widened.map { Double($0) }, scales: scales, biases: biases)
    } else {
      let solver = LayerSolver(
        layer: layer, weights: op.kernel.values, biases: biases, bits: weights.bits,
        sharing: !weights.isPerChannel ? .all : op.scaleAxis == op.kernel.shape.count - 1 ? .none : .withinGroup)
      let found = choose(solver, input, wanted)
      fit = found.fit
      calibration.layers.append(Calibration.Layer(name: node.name, method: found.method, gap: found.gap))
      weights.scales = fit.scales
      weights.codes = IntegerArray(fit.codes.map { Int64($0) })
      calibration.plan.weights[node.name] = weights
    }
    let inputScale = network.mapsRead(by: id).first.flatMap { calibration.plan.maps[network.graph[$0].name]?.scale }
    let channels = op.outputChannels
    let scales = (0..<channels).map { fit.scales[$0 * fit.scales.count / channels] }
    let units = (fit.scales.count == 1 ? fit.scales : scales).map { $0 * (inputScale ?? 1) }
    let bias = (calibration.plan.biases[node.name] ?? BiasPlan(bits: 32)).decided(fit.biases, units: units)
    calibration.plan.biases[node.name] = bias
    return layer(
      input, weights: fit.codes.indices.map { Float(fit.codes[$0]) * scales[$0 % channels] },
      bias: bias.values(count: channels), to: node.shape)
  }

  private func choose(
    _ solver: LayerSolver, _ input: Batch, _ wanted: Batch
  ) -> (fit: LayerFit, method: FitMethod, gap: Double) {
    let layer = solver.layer
    let half = max(1, input.samples / 2)
    let positions = wanted.values.count / Int(layer.geometry.out_channels)
    let step = (positions / Self.mostPositions) * 2 + 1
    let first = Moments(layer, inputs: input, wanted: wanted, samples: 0..<half, step: step)
    guard input.samples > 1, methods.count > 1 else {
      return (solver.fit(first, by: methods[0]), methods[0], 1)
    }
    let second = Moments(layer, inputs: input, wanted: wanted, samples: half..<input.samples, step: step)
    let tries = methods.map { method in
      let fit = solver.fit(first, by: method)
      return (method: method, own: solver.error(of: fit, on: first), other: solver.error(of: fit, on: second))
    }
    guard let best = tries.min(by: { $0.other < $1.other }) else { preconditionFailure("there are methods") }
    let size = Double(input.samples - half) / Double(half)
    return (solver.fit(first + second, by: best.method), best.method, best.other / max(best.own * size, 1e-30))
  }
}

extension BiasPlan {
  fileprivate func values(count: Int) -> [Float] {
    guard let codes = codes?.widened, let scales else { return Array(repeating: 0, count: count) }
    return codes.indices.map { Float(Double(codes[$0]) * Double(scales[$0 % scales.count])) }
  }
}

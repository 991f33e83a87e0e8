import FloatEngine
import Plans
import QIR
import Threads

/// By what channels of maps are divided.
extension CalibrationWalk {
  /// Wider maps have codes to spare, which what calibration has not shown needs more than they do.
  private static let widestEqualized = 7

  private func map(_ id: NodeID) -> MapPlan? { calibration.plan.maps[graph[id].name] }

  private func maps(of edge: FloatNetwork.Edge) -> [MapPlan] { (edge.producers + edge.carriers).compactMap(map) }

  /// By what the channels of a node's values have been divided.
  func factors(of id: NodeID) -> [Float] {
    let edge = network.edges.first { $0.producers.contains(id) || $0.carriers.contains(id) }
    return edge.flatMap { map($0.map)?.factors } ?? []
  }

  /// Whether an edge has a narrow map, and nothing has been said of it.
  func isOpen(_ edge: FloatNetwork.Edge) -> Bool {
    let maps = maps(of: edge)
    return calibrator.equalizes && maps.contains { $0.bits <= Self.widestEqualized }
      && maps.allSatisfy { $0.scale == nil && $0.factors.isEmpty }
  }

  /// Those with which the layers that read an edge lose least of inputs that they were not fitted to: powers of the ranges
  /// that channels have in the maps that are read, from none to all channels alike.
  /// - Parameter start: what the edge's other tensors come from.
  func factors(for edge: FloatNetwork.Edge, from start: [NodeID: Pair]) -> [Float] {
    remembered(edge) {
      let floats = carried(start.mapValues(\.float), over: edge) { $1 }
      let wanted = edge.readers.map { reader in floats[graph[reader].inputs[0]].map { engine.evaluate(reader, [$0]) } }
      let values = edge.isJoined ? floats : start.mapValues(\.quantized)
      let layers = edge.readers.filter { graph[$0].op is any LinearOperator }
      let ranged = edge.isJoined ? Set(layers.flatMap(network.mapsRead)).sorted() : [edge.map]
      let ranges = ranged.compactMap { id in
        values[id].flatMap { map(id)?.channelRanges(of: $0) }
      }
      let candidates = [[]] + ranges.flatMap { [$0.map { $0.squareRoot() }, $0] }
      let errors = candidates.map { error(of: edge, from: start, dividedBy: $0, wanted) }
      return candidates[errors.indices.min { errors[$0] < errors[$1] } ?? 0]
    }
  }

  /// What the layers that read an edge lose of what is wanted of them.
  private func error(
    of edge: FloatNetwork.Edge, from start: [NodeID: Pair], dividedBy factors: [Float], _ wanted: [Batch?]
  ) -> Double {
    func coded(_ id: NodeID, _ values: Batch) -> Batch {
      guard let map = map(id) else { return values }
      return map.calibrated(on: values, by: calibrator.ranges).quantized(values)
    }
    let codes = Dictionary(
      uniqueKeysWithValues: start.map { ($0.key, coded($0.key, $0.value.quantized.divided(by: factors))) })
    let read = carried(codes, over: edge, coded)
    return zip(edge.readers, wanted).reduce(0) { sum, reader in
      guard let input = read[graph[reader.0].inputs[0]], let wanted = reader.1 else { return sum }
      return sum + heldOutError(of: reader.0, input, dividedBy: factors, wanted: wanted)
    }
  }

  /// What an edge's carriers make of values, and of their results `body`.
  private func carried(
    _ values: [NodeID: Batch], over edge: FloatNetwork.Edge, _ body: (NodeID, Batch) -> Batch
  ) -> [NodeID: Batch] {
    edge.carriers.reduce(into: values) { found, carrier in
      let inputs = graph[carrier].inputs.compactMap { found[$0] }
      guard found[carrier] == nil, inputs.count == graph[carrier].inputs.count else { return }
      found[carrier] = body(carrier, engine.evaluate(carrier, inputs))
    }
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

  /// Joined edges' factors depend on the float network and what the plan says of the edge, others' on the way to it as well.
  private func remembered(_ edge: FloatNetwork.Edge, _ make: () -> [Float]) -> [Float] {
    guard let memory = calibrator.memory, let way else { return make() }
    let question = FitMemory.Question(
      way: edge.isJoined ? nil : way, edge: edge.map, maps: maps(of: edge),
      weights: edge.readers.map { calibration.plan.weights[graph[$0].name] })
    return memory.factors(question, or: make)
  }
}

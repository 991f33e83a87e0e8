import CValueKernels
import Diagnostics
import FloatEngine
import Numbers
import QIR
import Quantization

/// A quantized network whose weights, biases and scales are learned: in single precision, with the quantizers' rounding in it.
/// What it was when training began stands in its graph; what became of that makes a graph of the same kind.
package struct TrainableNetwork: Sendable {
  /// What a node is to training.
  enum Role: Sendable {
    case input
    case layer(TrainableLayer)
    /// With weights that stay.
    case fixedLayer(LinearLayer, weights: [Float])
    case map(TrainableMap)
    case movement(Movement)
    case function(any DifferentiableOperator)
  }

  package let graph: Graph
  /// What a loss is taken of: the first output, or what a softmax at its end reads.
  package let result: NodeID
  /// Notes on what is not learned.
  package private(set) var remarks: [Diagnostic] = []
  /// By node.
  private(set) var roles: [Role] = []
  var variables: [Variable] = []
  /// By node: whether something in front of it is learned.
  private(set) var needsGradient: [Bool] = []
  private let engine: FloatEngine

  /// How far biases and scales of maps are moved, as a part of what others are: each of them moves many codes at once.
  static let carefully: Float = 0.1

  /// - Parameters:
  ///   - graph: quantized, as it was read.
  ///   - keepsZeros: whether weights that are 0 stay so.
  /// - Throws: `Diagnostics`, every operator that no gradient is known for.
  package init(_ graph: Graph, keepsZeros: Bool = false) throws(Diagnostics) {
    self.graph = graph
    result = graph.resultBeforeSoftmax
    engine = FloatEngine(graph)
    var problems = Diagnostics()
    for id in graph.ids {
      do {
        roles.append(try role(of: id, keepsZeros: keepsZeros))
      } catch {
        problems.report(error)
        roles.append(.input)
      }
    }
    if !problems.hasErrors, !roles.contains(where: \.isLearned) {
      problems.report(
        "the network has no weights that are learned", at: .init(file: graph.file),
        supported: "weights as codes, which are steps of a scale", fix: "quantize it first, as qcc quantize does")
    }
    try problems.throwIfErrors()
    remarks = problems.all + notes
    learnScales()
    for id in graph.ids {
      needsGradient.append(isLearned(id) || graph[id].inputs.contains { needsGradient[$0.index] })
    }
  }

  private func isLearned(_ id: NodeID) -> Bool {
    switch roles[id.index] {
    case .layer: true
    case .map(let map): map.scaleVariable != nil
    case .input, .fixedLayer, .movement, .function: false
    }
  }

  private mutating func role(of id: NodeID, keepsZeros: Bool) throws(Diagnostic) -> Role {
    let node = graph[id]
    let inputs = node.inputs.map { graph[$0].shape }
    if node.op is InputOp { return .input }
    if let op = node.op as? QuantizeOp { return .map(TrainableMap(op, elements: node.shape.elements)) }
    if let op = node.op as? any LinearOperator, let layer = LinearLayer(op, from: inputs[0], to: node.shape) {
      let learned = TrainableLayer(
        op, layer, reach: reach(of: node.inputs[0]), keepsZeros: keepsZeros, variables: &variables)
      return learned.map { .layer($0) } ?? .fixedLayer(layer, weights: op.kernel.values.map { Float($0) })
    }
    if let movement = Movement(node, from: inputs) { return .movement(movement) }
    if let op = node.op as? any DifferentiableOperator, op.isDifferentiable { return .function(op) }
    throw Diagnostic(
      "no gradient is known for '\(node.op.mnemonic)'"
        + (node.op is any DifferentiableOperator ? " with dilation" : ""), at: graph.location(of: id),
      supported:
        "convolutions, dense layers, sums, concatenations, pools without dilation, functions, what moves elements",
      fix: "train it where it was made (--trainer)")
  }

  private var notes: [Diagnostic] {
    graph.ids.compactMap { id in
      guard case .fixedLayer = roles[id.index] else { return nil }
      return Diagnostic(
        "the weights stay as they are: they are no codes that are steps of a scale", at: graph.location(of: id),
        severity: .note)
    }
  }

  // MARK: Scales of maps

  /// Maps that meet with one scale go on with one; where all scales are powers of two, they stay.
  private mutating func learnScales() {
    let grids = graph.ids.map { id in
      if case .map(let map) = roles[id.index] { map.grid } else { TrainableMap.Grid?.none }
    }
    if grids.allSatisfy({ $0?.isPowerOfTwo ?? true }) { return }
    // By map: the first of those that it shares a scale with.
    var leaders = Array(graph.ids)
    for id in graph.ids where graph[id].op is AddOp || graph[id].op is ConcatenateOp {
      let maps = Dictionary(grouping: graph[id].inputs.flatMap(maps(behind:)), by: { grids[$0.index] })
      for (grid, members) in maps where grid != nil {
        let joined = Set(members.map { leaders[$0.index] })
        guard let first = joined.min() else { continue }
        for index in leaders.indices where joined.contains(leaders[index]) { leaders[index] = first }
      }
    }
    for id in graph.ids where grids[id.index] != nil {
      guard case .map(var map) = roles[id.index] else { continue }
      if leaders[id.index] == id {
        map.scaleVariable = variables.count
        variables.append(Variable([0], reach: Self.carefully))
      } else if case .map(let leader) = roles[leaders[id.index].index] {
        map.scaleVariable = leader.scaleVariable
      }
      roles[id.index] = .map(map)
    }
  }

  /// The quantizers whose codes a tensor holds.
  private func maps(behind id: NodeID) -> [NodeID] {
    if graph[id].op is QuantizeOp { return [id] }
    return graph[id].op.motion.movesElements ? graph[id].inputs.flatMap(maps(behind:)) : []
  }

  /// The largest magnitude that a tensor's codes stand for; 1 where it has none.
  private func reach(of id: NodeID) -> Float {
    let ends = maps(behind: id).compactMap { graph[$0].op.range(of: []) }
    return Float(ends.map { max(abs($0.lowerBound), abs($0.upperBound)) }.max() ?? 1)
  }

  // MARK: Steps

  /// What the variables stand for, the same for all samples of a step.
  struct Numbers: Sendable {
    /// By node.
    var layers: [TrainableLayer.Numbers?] = []
    var quantizers: [qcc_f32_quantizer?] = []
  }

  var numbers: Numbers {
    var numbers = Numbers()
    for role in roles {
      var (layer, quantizer): (TrainableLayer.Numbers?, qcc_f32_quantizer?)
      switch role {
      case .layer(let trainable): layer = trainable.numbers(variables)
      case .map(let map): quantizer = map.quantizer(variables)
      case .input, .fixedLayer, .movement, .function: break
      }
      numbers.layers.append(layer)
      numbers.quantizers.append(quantizer)
    }
    return numbers
  }

  /// The results of all nodes.
  func forward(_ inputs: [NodeID: Batch], _ numbers: Numbers) -> [Batch] {
    var results: [Batch] = []
    for id in graph.ids {
      let operands = graph[id].inputs.map { results[$0.index] }
      results.append(inputs[id] ?? forward(id, operands, numbers))
    }
    return results
  }

  private func forward(_ id: NodeID, _ inputs: [Batch], _ numbers: Numbers) -> Batch {
    switch roles[id.index] {
    case .layer(let layer):
      guard let numbers = numbers.layers[id.index] else { preconditionFailure("layers have numbers") }
      return layer.layer(inputs[0], weights: numbers.rounded, bias: numbers.bias, to: graph[id].shape)
    case .map(let map): return map(inputs[0], numbers.quantizers[id.index], evaluate)
    case .movement(let movement): return movement(inputs)
    case .input, .fixedLayer, .function: return engine.evaluate(id, inputs)
    }
  }

  private func evaluate(_ op: any Operator, _ input: Batch) -> Batch {
    FloatEngine.evaluate(op, [input], to: input.shape)
  }

  /// The gradients of a loss from that for the network's result.
  func backward(_ gradient: Batch, _ results: [Batch], _ numbers: Numbers) -> Gradients {
    var found = Gradients(count: graph.nodes.count)
    var pending = [Batch?](repeating: nil, count: graph.nodes.count)
    pending[result.index] = gradient
    for id in graph.ids.reversed() where needsGradient[id.index] {
      guard let gradient = pending[id.index] else { continue }
      pending[id.index] = nil
      let inputs = graph[id].inputs.map { results[$0.index] }
      let needed = graph[id].inputs.map { needsGradient[$0.index] }
      let back = backward(id, gradient, inputs, results[id.index], numbers, isNeeded: needed.contains(true), &found)
      for (input, gradient) in zip(graph[id].inputs, back) where needsGradient[input.index] {
        pending[input.index] = gradient.plus(pending[input.index])
      }
    }
    return found
  }

  private func backward(
    _ id: NodeID, _ gradient: Batch, _ inputs: [Batch], _ result: Batch, _ numbers: Numbers, isNeeded: Bool,
    _ found: inout Gradients
  ) -> [Batch] {
    switch roles[id.index] {
    case .input: return []
    case .layer(let layer):
      guard let numbers = numbers.layers[id.index] else { preconditionFailure("layers have numbers") }
      found.layers[id.index] = layer.layer.weightGradients(
        from: gradient, input: inputs[0], weights: numbers.rounded.count)
      return isNeeded ? [layer.layer.inputGradient(from: gradient, input: inputs[0], weights: numbers.rounded)] : []
    case .fixedLayer(let layer, let weights):
      return isNeeded ? [layer.inputGradient(from: gradient, input: inputs[0], weights: weights)] : []
    case .map(let map):
      let back = map.gradients(from: gradient, input: inputs[0], numbers.quantizers[id.index], evaluate)
      found.scales[id.index] = back.scale
      return [back.input]
    case .movement(let movement): return movement.inputGradients(from: gradient)
    case .function(let op): return op.inputGradients(from: gradient, inputs: inputs, result: result)
    }
  }

  /// The gradients for the variables.
  func variableGradients(_ found: Gradients, _ numbers: Numbers) -> [[Float]] {
    var gradients = variables.map { [Float](repeating: 0, count: $0.values.count) }
    for id in graph.ids {
      switch roles[id.index] {
      case .layer(let layer):
        guard let gradient = found.layers[id.index], let numbers = numbers.layers[id.index] else { continue }
        layer.add(gradient, at: numbers, to: &gradients)
      case .map(let map):
        guard let variable = map.scaleVariable, let quantizer = numbers.quantizers[id.index] else { continue }
        gradients[variable][0] += map.variableGradient(found.scales[id.index], at: quantizer)
      case .input, .fixedLayer, .movement, .function: break
      }
    }
    return gradients
  }

  /// Moves the variables.
  mutating func step(_ step: AdamStep, _ gradients: [[Float]]) {
    for index in variables.indices { variables[index].step(step, gradient: gradients[index]) }
    for role in roles {
      if case .layer(let layer) = role { layer.project(&variables) }
    }
  }

  // MARK: What was learned

  /// What all variables are, and what Adam keeps of their gradients: enough to go on from there.
  package struct State: Sendable {
    /// By variable.
    package var values: [[Float]]
    package var means: [[Float]]
    package var squares: [[Float]]

    package init(values: [[Float]] = [], means: [[Float]] = [], squares: [[Float]] = []) {
      self.values = values
      self.means = means
      self.squares = squares
    }
  }

  package var state: State {
    State(values: variables.map(\.values), means: variables.map(\.mean), squares: variables.map(\.square))
  }

  /// - Returns: whether the state is of a network like this one; where it is not, nothing has changed.
  package mutating func resume(_ state: State) -> Bool {
    let counts = variables.map(\.values.count)
    guard [state.values, state.means, state.squares].allSatisfy({ $0.map(\.count) == counts }) else { return false }
    for index in variables.indices {
      variables[index].values = state.values[index]
      variables[index].mean = state.means[index]
      variables[index].square = state.squares[index]
    }
    return true
  }

  /// The network as it is now.
  package func trained() throws -> Graph {
    var trained = graph
    for id in graph.ids {
      switch roles[id.index] {
      case .layer(let layer):
        guard let op = graph[id].op as? any LinearOperator else { continue }
        trained[id].op = layer.trained(op, variables, input: scale(behind: graph[id].inputs[0]))
      case .map(let map): trained[id].op = try map.trained(variables, at: graph.location(of: id))
      case .input, .fixedLayer, .movement, .function: break
      }
    }
    return trained
  }

  private func scale(behind id: NodeID) -> Float? {
    maps(behind: id).first.flatMap { map in
      if case .map(let map) = roles[map.index] { map.quantizer(variables)?.scale } else { nil }
    }
  }
}

extension TrainableNetwork.Role {
  fileprivate var isLearned: Bool {
    if case .layer = self { true } else { false }
  }
}

extension Graph {
  /// The first output, or what the softmax reads that makes it.
  fileprivate var resultBeforeSoftmax: NodeID {
    var id = outputs[0]
    while true {
      let node = self[id]
      if node.op is SoftmaxOp { return node.inputs[0] }
      switch node.op.motion {
      case .function, .keepsOrder, .permutes, .selects: id = node.inputs[0]
      case .combines, .concatenates, .selectsLargest, .surroundsWithZeros, .mixes: return outputs[0]
      }
    }
  }
}

/// Of a loss, over some samples.
struct Gradients: Sendable {
  struct OfLayer: Sendable {
    /// For the rounded weights.
    var weights: [Float]
    var bias: [Float]
  }

  /// By node.
  var layers: [OfLayer?]
  var scales: [Double]

  init(count: Int) {
    layers = Array(repeating: nil, count: count)
    scales = Array(repeating: 0, count: count)
  }

  /// Adds those over other samples.
  mutating func add(_ other: Gradients) {
    for index in layers.indices {
      scales[index] += other.scales[index]
      guard let next = other.layers[index] else { continue }
      guard var sum = layers[index] else {
        layers[index] = next
        continue
      }
      layers[index] = nil
      qcc_f32_add(next.weights.count, next.weights, &sum.weights)
      qcc_f32_add(next.bias.count, next.bias, &sum.bias)
      layers[index] = sum
    }
  }
}

extension Batch {
  func plus(_ other: Batch?) -> Batch {
    guard let other else { return self }
    var sum = self
    qcc_f32_add(sum.values.count, other.values, &sum.values)
    return sum
  }
}

extension LinearLayer {
  func inputGradient(from gradient: Batch, input: Batch, weights: [Float]) -> Batch {
    var geometry = geometry
    return Batch(shape: input.shape, samples: input.samples) {
      let isDone = qcc_f32_conv2d_input_gradient(&geometry, input.samples, gradient.values, weights, $0)
      precondition(isDone, "out of memory")
    }
  }

  /// - Parameter weights: how many there are.
  func weightGradients(from gradient: Batch, input: Batch, weights: Int) -> Gradients.OfLayer {
    var geometry = geometry
    var bias = [Float](repeating: 0, count: Int(geometry.out_channels))
    let found = [Float](unsafeUninitializedCapacity: weights) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      let isDone = qcc_f32_conv2d_weight_gradient(&geometry, input.samples, input.values, gradient.values, base, &bias)
      precondition(isDone, "out of memory")
      count = weights
    }
    return Gradients.OfLayer(weights: found, bias: bias)
  }
}

import Diagnostics
import IntegerProgram
import Numbers
import Prover
import QIR

/// Lowers a graph to an integer program, node by node in order. Element-wise nodes are no instructions: they collect on a
/// value until a quantizer turns the whole chain into one requantization, which is proved.
struct Lowerer {
  let graph: Graph
  /// Of the multipliers that engines' accumulators are requantized with; nil: any.
  let requantizerBits: Int?
  /// Proofs of other networks like this one.
  let memory: ProofMemory?
  let consumers: [[NodeID]]
  /// By node.
  let uses: [NodeUse]
  var builder = ProgramBuilder()
  var problems = Diagnostics()
  var states: [State]
  var inputs: [LoweredNetwork.Input] = []
  var meanings: [LoweredNetwork.Meaning] = []
  var proofs: [LoweredNetwork.Proof] = []

  /// What became of a node.
  enum State {
    /// A network input before its quantizer.
    case realInput
    case value(IntegerValue)
    /// Left to the host, in float.
    case host
    /// Its problem, or that of a node before it, is reported; whether its values would be quantized.
    case failed(isQuantized: Bool)
  }

  init(graph: Graph, requantizerBits: Int?, memory: ProofMemory?) {
    self.graph = graph
    self.requantizerBits = requantizerBits
    self.memory = memory
    consumers = graph.consumers
    uses = NodeUse.all(of: graph, consumers: graph.consumers)
    states = Array(repeating: .failed(isQuantized: true), count: graph.nodes.count)
  }

  /// - Throws: `Diagnostics`, everything that cannot be lowered, and what `check` says of the rest.
  mutating func run(namingOutputs names: [String], _ check: (IntegerProgram) throws -> Void) throws -> LoweredNetwork {
    for id in graph.ids {
      states[id.index] = attempt { try $0.lower(id) } ?? .failed(isQuantized: !(graph[id].op is any LinearOperator))
    }
    let outputNodes = lowerOutputs(named: names)
    if problems.hasErrors { _ = problems.collecting { try check(builder.program(named: graph.name)) } }
    try problems.throwIfErrors()
    return LoweredNetwork(
      program: builder.program(named: graph.name), instructionNodes: builder.instructionNodes, graph: graph,
      inputs: inputs, meanings: meanings, proofs: proofs, outputNodes: outputNodes)
  }

  /// Runs `body`; what it throws is collected, and `nil` comes back in place of its result.
  mutating func attempt<Result>(_ body: (inout Lowerer) throws -> Result) -> Result? {
    var found = Diagnostics()
    let result = found.collecting { try body(&self) }
    problems.report(contentsOf: found)
    return result
  }

  private mutating func lower(_ id: NodeID) throws -> State {
    if let state = stateBehindFailure(id) ?? stateOnHost(id) { return state }
    return try inProgram(id)
  }

  /// What the program makes of a node.
  mutating func inProgram(_ id: NodeID) throws -> State {
    let node = graph[id]
    switch node.op.kind {
    case .input: return .realInput
    case .quantize(let op): return try .value(quantize(id, op))
    case .convolution(let op): return try .value(convolution(id, op))
    case .depthwiseConvolution(let op): return try .value(depthwiseConvolution(id, op))
    case .dense(let op): return try .value(dense(id, op))
    case .batchNormalization(let op): return try .value(batchNormalization(id, op))
    case .elementwise(let op): return try .value(elementwise(id, op))
    case .affine(let op): return try .value(affine(id, op))
    case .prelu(let op): return try .value(prelu(id, op))
    case .softmax: return try softmax(id)
    case .add: return try .value(add(id))
    case .multiply: return try .value(multiply(id))
    case .maximum: return try .value(extremum(id, .maximum))
    case .minimum: return try .value(extremum(id, .minimum))
    case .matrixProduct(let op): return try .value(matrixProduct(id, op))
    case .concatenate(let op): return try .value(concatenate(id, op))
    case .maxPool(let op): return try .value(maxPool(id, op))
    case .averagePool(let op): return try .value(averagePool(id, op))
    case .pad(let op): return try .value(pad(id, op))
    case .reshape: return try .value(reshape(id))
    case .transpose(let op): return try .value(transpose(id, op))
    case .select(let op): return try .value(select(id, op))
    case .identity: return states[node.inputs[0].index]
    }
  }

  /// Behind a node that failed only what can be said all the same is checked, so that every problem is reported at once: the
  /// weights of a layer, and whether a quantizer is missing in front of it.
  private mutating func stateBehindFailure(_ id: NodeID) -> State? {
    let node = graph[id]
    let failures = node.inputs.compactMap { input -> (node: NodeID, isQuantized: Bool)? in
      if case .failed(let isQuantized) = states[input.index] { (input, isQuantized) } else { nil }
    }
    guard let failure = failures.first else { return nil }
    if let linear = node.op as? any LinearOperator {
      if !failure.isQuantized { problems.report(unquantized(failure.node, for: id)) }
      _ = attempt { try $0.operandWeights(linear, of: id) }
      return .failed(isQuantized: false)
    }
    if node.op is QuantizeOp { return .failed(isQuantized: true) }
    return .failed(isQuantized: failures.allSatisfy(\.isQuantized))
  }

  // MARK: Element-wise nodes

  private func batchNormalization(_ id: NodeID, _ op: BatchNormalizationOp) throws -> IntegerValue {
    var value = try value(graph[id].inputs[0], for: id)
    value.append(
      PerChannel(channels: op.mean.count) { channel in
        let scale = Rational(op.scale[channel])
        return [.affine(scale: scale, shift: Rational(op.beta[channel]) - scale * Rational(op.mean[channel]))]
      })
    return value.foldingAffines
  }

  private func affine(_ id: NodeID, _ op: AffineOp) throws -> IntegerValue {
    var value = try value(graph[id].inputs[0], for: id)
    value.append(
      PerChannel(channels: op.scale.count) { [.affine(scale: op.scale[$0], shift: op.shift[$0])] })
    return value.foldingAffines
  }

  private func prelu(_ id: NodeID, _ op: PReLUOp) throws -> IntegerValue {
    var value = try value(graph[id].inputs[0], for: id)
    let functions = op.functions
    value.append(PerChannel(channels: functions.count) { [functions[$0]] })
    return value
  }

  private func elementwise(_ id: NodeID, _ op: ElementwiseOp) throws -> IntegerValue {
    var value = try value(graph[id].inputs[0], for: id)
    value.append([op.functions])
    return value.foldingAffines
  }
}

/// Lowers a graph that the passes have been over.
///
/// - Parameters:
///   - outputNames: what the model calls its outputs, which passes may have renamed; the graph's own names unless given.
///   - requantizerBits: what the multipliers of engines' requantizers have at most, the sign included; nil: as many as needed.
///   - memory: proofs of other networks like this one, and then of this one too; nil: all is proved here.
///   - check: of the layers that were lowered where others were not, so that all problems come at once.
/// - Throws: `Diagnostics`, everything that cannot be lowered or proved.
package func lower(
  _ graph: Graph, namingOutputs outputNames: [String]? = nil, requantizerBits: Int? = nil, memory: ProofMemory? = nil,
  checking check: (IntegerProgram) throws -> Void = { _ in }
) throws -> LoweredNetwork {
  var lowerer = Lowerer(graph: graph, requantizerBits: requantizerBits, memory: memory)
  return try lowerer.run(namingOutputs: outputNames ?? graph.outputNames, check)
}

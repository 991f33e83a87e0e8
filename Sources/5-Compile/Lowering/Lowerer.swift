import Diagnostics
import IntegerProgram
import Numbers
import QIR
import Quantization

/// Lowers a graph to an integer program, node by node in order. Element-wise nodes are no instructions: they
/// collect on a value until a quantizer turns the whole chain into one requantization, which is proved.
struct Lowerer {
  let graph: Graph
  let consumers: [[NodeID]]
  /// By node.
  let uses: [NodeUse]
  var program: IntegerProgram
  var problems = Diagnostics()
  var states: [State]
  var inputs: [LoweredNetwork.Input] = []
  var meanings: [LoweredNetwork.Meaning] = []
  var proofs: [LoweredNetwork.Proof] = []
  /// What the integers of each tensor can reach.
  var reach: [TensorID: PerChannel<CodeRange>] = [:]
  /// The instruction that writes each tensor, and the node whose values the tensor holds.
  var producers: [TensorID: (instruction: Int, node: NodeID)] = [:]

  /// What became of a node.
  enum State {
    /// A network input before its quantizer.
    case realInput
    case value(IntegerValue)
    /// Runs on the host in float, behind this node.
    case host(behind: NodeID)
    /// Its problem, or that of a node before it, is reported; whether its values would be quantized.
    case failed(isQuantized: Bool)
  }

  init(graph: Graph) {
    self.graph = graph
    consumers = graph.consumers
    uses = NodeUse.all(of: graph, consumers: graph.consumers)
    program = IntegerProgram(name: graph.name)
    states = Array(repeating: .failed(isQuantized: true), count: graph.nodes.count)
  }

  /// - Throws: `Diagnostics`, everything that cannot be lowered.
  mutating func run() throws -> LoweredNetwork {
    for id in graph.ids {
      states[id.index] = attempt { try $0.lower(id) } ?? .failed(isQuantized: !(graph[id].op is any LinearOperator))
    }
    let outputNodes = lowerOutputs()
    try problems.throwIfErrors()
    return LoweredNetwork(
      program: program, graph: graph, inputs: inputs, meanings: meanings, proofs: proofs, outputNodes: outputNodes)
  }

  /// Runs `body`; what it throws is collected, and `nil` comes back in place of its result.
  private mutating func attempt<Result>(_ body: (inout Lowerer) throws -> Result) -> Result? {
    var found = Diagnostics()
    let result = found.collecting { try body(&self) }
    problems.report(contentsOf: found)
    return result
  }

  private mutating func lower(_ id: NodeID) throws -> State {
    let node = graph[id]
    if let state = stateBehindFailure(id) { return state }
    if node.inputs.count == 1, node.op.motion.runsOnHost, case .host(let behind) = states[node.inputs[0].index] {
      return .host(behind: behind)
    }
    switch node.op.kind {
    case .input: return .realInput
    case .quantize(let op): return try .value(quantize(id, op))
    case .convolution(let op): return try .value(convolution(id, op))
    case .depthwiseConvolution(let op): return try .value(depthwiseConvolution(id, op))
    case .dense(let op): return try .value(dense(id, op))
    case .batchNormalization(let op): return try .value(batchNormalization(id, op))
    case .elementwise(let op): return try .value(elementwise(id, op))
    case .softmax: return try host(id)
    case .add: return try .value(add(id))
    case .concatenate(let op): return try .value(concatenate(id, op))
    case .maxPool(let op): return try .value(maxPool(id, op))
    case .averagePool(let op): return try .value(averagePool(id, op))
    case .pad(let op): return try .value(pad(id, op))
    case .reshape: return try reshape(id)
    case .transpose: throw untransposable(id)
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
    if let kernel = (node.op as? any LinearOperator)?.kernel {
      if !failure.isQuantized { problems.report(unquantized(failure.node, for: id)) }
      var location = graph.location(of: id)
      location.tensor = "kernel"
      let channels = node.shape.channels
      _ = problems.collecting {
        try OperandWeights(
          kernel, outputChannels: channels, outputChannel: { $0 % channels }, format: graph.format,
          at: location)
      }
      return .failed(isQuantized: false)
    }
    if node.op is QuantizeOp { return .failed(isQuantized: true) }
    return .failed(isQuantized: failures.allSatisfy(\.isQuantized))
  }

  // MARK: What nodes ask of each other

  /// The integers behind an input of `id`.
  func value(_ input: NodeID, for id: NodeID) throws -> IntegerValue {
    switch states[input.index] {
    case .value(let value): return value
    case .realInput:
      throw Diagnostic(
        "the network's input '\(graph[input].name)' reaches it unquantized", at: graph.location(of: id),
        fix: "put \(graph.format.quantizer) behind the input")
    case .host(let behind):
      throw Diagnostic(
        "it reads '\(graph[input].name)', which runs on the host behind '\(graph[behind].name)'",
        at: graph.location(of: id), supported: "softmax at the end of the network only")
    case .failed: throw Diagnostics()
    }
  }

  /// The same where nothing may wait for a quantizer.
  func plainValue(_ input: NodeID, for id: NodeID) throws -> IntegerValue {
    let value = try value(input, for: id)
    guard value.isPlain else { throw unquantized(input, for: id) }
    return value
  }

  func unquantized(_ input: NodeID, for id: NodeID) -> Diagnostic {
    Diagnostic(
      "the feature map from '\(graph[input].name)' reaches it unquantized", at: graph.location(of: id),
      fix:
        "insert \(graph.format.exampleQuantizer) between '\(graph[input].name)' and '\(graph[id].name)'"
    )
  }

  /// Whether all that reads a node is one quantizer, through element-wise nodes alone.
  func endsInQuantizer(_ id: NodeID) -> Bool { uses[id.index].endsInQuantizer }

  /// Whether codes of a node are fed to a multiplier, moved perhaps.
  func feedsMultiplier(_ id: NodeID) -> Bool { uses[id.index].feedsMultiplier }

  /// Whether zeros are put around a node's codes somewhere.
  func needsZero(_ id: NodeID) -> Bool { uses[id.index].needsZero }

  // MARK: Tensors

  mutating func emit(_ instruction: Instruction, node: NodeID) {
    producers[instruction.output] = (program.instructions.count, node)
    program.instructions.append(instruction)
  }

  /// A new tensor named after its node.
  mutating func newTensor(
    _ id: NodeID, range: CodeRange, encoding: Encoding, reach: PerChannel<CodeRange>
  ) -> TensorID {
    let tensor = program.add(
      ProgramTensor(name: graph[id].name, shape: mapShape(of: id), range: range, encoding: encoding))
    self.reach[tensor] = reach
    return tensor
  }

  /// The last three axes; what lies in front of them are more rows.
  func mapShape(of id: NodeID) -> MapShape {
    let extents = Array(repeating: 1, count: max(0, 3 - graph[id].shape.rank)) + graph[id].shape.extents
    return MapShape(
      rows: extents.dropLast(2).reduce(1, *), columns: extents[extents.count - 2], channels: extents[extents.count - 1])
  }

  func reach(of tensor: TensorID) -> PerChannel<CodeRange> { reach[tensor] ?? [program[tensor].range] }

  /// The value of a tensor that holds a node's values exactly: scale x integer + shift.
  mutating func exactValue(
    _ id: NodeID, tensor: TensorID, scales: PerChannel<Rational>, shifts: PerChannel<Rational>, isQuantized: Bool,
    quantization: LoweredNetwork.Quantization? = nil
  ) -> IntegerValue {
    var value = IntegerValue(tensor: tensor, scales: scales, shifts: shifts, isQuantized: isQuantized)
    value.quantization = quantization
    addMeaning(of: value, to: id)
    return value
  }

  /// Says that a plain value's tensor stands for the values of a node.
  mutating func addMeaning(of value: IntegerValue, to id: NodeID) {
    meanings.append(
      .init(
        tensor: value.tensor, node: id, scales: value.scales.map(\.double), shifts: value.shifts.map(\.double),
        quantization: value.quantization))
  }

  /// The encoding of integers with these scales and shifts; the shift is a zero point where all have one integer zero.
  func encoding(scales: PerChannel<Rational>, shifts: PerChannel<Rational>) -> Encoding {
    let zeros = scales.combined(with: shifts) { scale, shift -> Int64? in
      guard scale.sign != 0 else { return shift.sign == 0 ? 0 : nil }
      let zero = -shift / scale
      return zero.isInteger ? Int64(exactly: zero.floor) : nil
    }
    if let zero = zeros.merged.uniform, let zero {
      return Encoding(scales: scales.map(\.double), zeroPoint: zero)
    }
    return Encoding(scales: scales.map(\.double), offsets: shifts.map(\.double))
  }

  // MARK: Element-wise nodes

  private func batchNormalization(_ id: NodeID, _ op: BatchNormalizationOp) throws -> IntegerValue {
    var value = try value(graph[id].inputs[0], for: id)
    let functions = PerChannel(channels: op.mean.count) { channel -> [RealFunction] in
      let scale = Rational(op.scale[channel])
      return [.affine(scale: scale, shift: Rational(op.beta[channel]) - scale * Rational(op.mean[channel]))]
    }
    value.append(functions)
    return value.foldingAffines
  }

  private func elementwise(_ id: NodeID, _ op: ElementwiseOp) throws -> IntegerValue {
    var value = try value(graph[id].inputs[0], for: id)
    value.append([op.functions])
    return value.foldingAffines
  }

  private func host(_ id: NodeID) throws -> State {
    let input = graph[id].inputs[0]
    _ = try value(input, for: id)
    guard endsOnHost(id) else {
      throw Diagnostic(
        "softmax in the middle of the network", at: graph.location(of: id),
        supported: "softmax as the last layer, or a quantizer of its result behind it",
        fix: "end the network at the softmax, or replace it")
    }
    return .host(behind: input)
  }

  /// Whether nothing behind a node that runs on the host needs an engine.
  private func endsOnHost(_ id: NodeID) -> Bool {
    consumers[id.index].allSatisfy { graph[$0].op.motion.runsOnHost && endsOnHost($0) }
  }

  // MARK: Outputs

  private mutating func lowerOutputs() -> [NodeID] {
    var outputs: [NodeID] = []
    for output in graph.outputs {
      var id = output
      if case .host(let behind) = states[id.index] { id = behind }
      guard case .value(let value) = states[id.index] else {
        if case .realInput = states[id.index] {
          problems.report(
            Diagnostic(
              "the network hands out its input", at: graph.location(of: id),
              fix: "put \(graph.format.quantizer) behind the input"))
        }
        continue
      }
      guard value.terms.count == 1, value.windowScales == nil else {
        problems.report(
          Diagnostic(
            "the network's output is a sum that has no common scale", at: graph.location(of: id),
            fix: "put \(graph.format.quantizer) behind it"))
        continue
      }
      if program.outputs.contains(value.tensor) { continue }
      program.outputs.append(value.tensor)
      if value.isPlain {
        // What is handed out is the output's numbers, with the affine functions behind the integers in them.
        program.tensors[value.tensor.index].encoding = encoding(scales: value.scales, shifts: value.shifts)
      }
      let holder = producers[value.tensor]?.node ?? id
      outputs.append(value.isPlain ? id : holder)
    }
    return outputs
  }
}

/// Lowers a graph that the passes have been over.
///
/// - Throws: `Diagnostics`, everything that cannot be lowered or proved.
package func lower(_ graph: Graph) throws -> LoweredNetwork {
  var lowerer = Lowerer(graph: graph)
  return try lowerer.run()
}

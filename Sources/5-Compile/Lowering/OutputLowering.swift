import Diagnostics
import IntegerProgram
import QIR

/// What the program hands out, and what is left to the host behind it.
extension Lowerer {
  /// Hands out the graph's outputs under these names; returns the node whose values each one's codes stand for.
  mutating func lowerOutputs(named names: [String]) -> [NodeID] {
    zip(graph.outputs, names).compactMap { output, name in attempt { try $0.handOut(output, named: name) } }
  }

  /// The nearest integers from which operators of one tensor lead to the output, and those operators for the host.
  private mutating func handOut(_ output: NodeID, named name: String) throws -> NodeID {
    var source = output
    var behind: [(step: HostStep, node: NodeID)] = []
    while let step = try hostStep(at: source) {
      behind.append((step, source))
      source = graph[source].inputs[0]
    }
    var tail = HostTail(shape: graph[source].shape)
    for (step, node) in behind.reversed() { try tail.append(step, at: graph.location(of: node)) }
    let value = try plainValue(source, for: output)
    if !meanings.contains(where: { $0.node == source }) { addMeaning(of: value, to: source) }
    builder.handOut(
      ProgramOutput(
        name: name, tensor: value.tensor, encoding: value.coding.encoding, tail: tail.stages.isEmpty ? nil : tail))
    return source
  }

  /// What the host computes at a node on the way to an output; nil where the program holds the node's values.
  private func hostStep(at id: NodeID) throws -> HostStep? {
    switch states[id.index] {
    case .value(let value) where value.isPlain: return nil
    case .value, .host:
      if let step = HostStep(graph[id].op) { return step }
      throw Diagnostic(
        "the network's output is a sum that has no common scale", at: graph.location(of: id),
        fix: "put \(graph.conventions.quantizer) behind it")
    case .realInput:
      throw Diagnostic(
        "the network hands out its input as it is, which the program never has", at: graph.location(of: id),
        fix:
          "put \(graph.conventions.quantizer) behind the input, or take it out of the outputs: who calls has it already"
      )
    case .failed: throw Diagnostics()
    }
  }

  // MARK: What is left to the host

  /// The state of a node that the host computes: one behind another such, or one without exact integers where no quantizer
  /// will come to make codes of them.
  mutating func stateOnHost(_ id: NodeID) -> State? {
    let node = graph[id]
    guard node.inputs.count == 1 else { return nil }
    switch states[node.inputs[0].index] {
    case .host: return .host
    case .value(let value):
      let use = uses[id.index]
      guard use.suitsHost, !use.reachesQuantizer, !(node.op is QuantizeOp), HostStep(node.op) != nil else { return nil }
      // Operators throw before they emit, and what they emit of a plain value is plain: what is not taken leaves nothing behind.
      if value.isPlain, case .value(let value)? = try? inProgram(id), value.isPlain { return .value(value) }
      return .host
    case .realInput, .failed: return nil
    }
  }

  func softmax(_ id: NodeID) throws -> State {
    _ = try value(graph[id].inputs[0], for: id)
    try require(
      uses[id.index].suitsHost, "softmax in the middle of the network", at: graph.location(of: id),
      supported:
        "softmax at the end, with element-wise operators, quantizers, pools and moves of its result alone behind it",
      fix: "make the softmax an output of the network, and compute on the host what follows from it")
    return .host
  }
}

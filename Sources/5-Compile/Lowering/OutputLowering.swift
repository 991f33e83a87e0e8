import Diagnostics
import IntegerProgram
import QIR

/// What the program hands out, and what stays behind it.
extension Lowerer {
  /// Hands out the graph's outputs; returns the node whose values each of the program's outputs holds.
  mutating func lowerOutputs() -> [NodeID] {
    graph.outputs.compactMap { output in
      if case .floatTail(let behind) = states[output.index] { return handOut(behind) }
      return handOut(output)
    }
  }

  private mutating func handOut(_ id: NodeID) -> NodeID? {
    switch states[id.index] {
    case .value(let value): return handOut(value, of: id)
    case .realInput:
      problems.report(
        Diagnostic(
          "the network hands out its input", at: graph.location(of: id),
          fix: "put \(graph.conventions.quantizer) behind the input"))
      return nil
    case .floatTail, .failed: return nil
    }
  }

  private mutating func handOut(_ value: IntegerValue, of id: NodeID) -> NodeID? {
    guard value.isOneTerm else {
      problems.report(
        Diagnostic(
          "the network's output is a sum that has no common scale", at: graph.location(of: id),
          fix: "put \(graph.conventions.quantizer) behind it"))
      return nil
    }
    let holder = builder[value.tensor]
    if value.isPlain {
      // What is handed out is the output's numbers, with the affine functions behind the integers in them.
      return builder.handOut(view(of: value, at: id), meaning: value.coding) ? id : nil
    }
    // What waits is left to the host, but for what stands in front of a pool or another shape.
    guard meanings.contains(where: { $0.tensor == value.tensor && $0.node == holder.node }) else {
      problems.report(
        Diagnostic(
          "the network hands out '\(holder.name)', which functions in front of it still wait to be applied to",
          at: graph.location(of: id),
          fix: "put \(graph.conventions.quantizer) in front of '\(holder.name)' or behind it"))
      return nil
    }
    return builder.handOut(value.tensor, meaning: holder.coding) ? holder.node : nil
  }

  /// The tensor to hand out for a plain value: its own, or the same codes in another where its own already mean something
  /// else to the host.
  private mutating func view(of value: IntegerValue, at id: NodeID) -> TensorID {
    let holder = builder[value.tensor]
    let told = builder.port(value.tensor) ?? (graph.outputs.contains(holder.node) ? holder.coding : value.coding)
    guard told != value.coding else { return value.tensor }
    let view = builder.reserve()
    emit(
      .reshape(ReshapeInstruction(name: graph[id].name, input: value.tensor, output: view)), for: id, value.coding,
      reach: holder.reach)
    addMeaning(of: IntegerValue(tensor: view, value.coding, isQuantized: value.isQuantized), to: id)
    return view
  }

  // MARK: The tail in float

  func softmax(_ id: NodeID) throws -> State {
    let input = graph[id].inputs[0]
    _ = try value(input, for: id)
    guard isFollowedByTail(id) else {
      throw Diagnostic(
        "softmax in the middle of the network", at: graph.location(of: id),
        supported: "softmax as the last layer, or a quantizer of its result behind it",
        fix: "end the network at the softmax, or replace it")
    }
    return .floatTail(behind: input)
  }

  /// The state of a node behind a softmax that only goes on in float.
  func stateInFloatTail(_ id: NodeID) -> State? {
    let node = graph[id]
    guard node.inputs.count == 1, node.op.motion.staysInFloat, case .floatTail = states[node.inputs[0].index] else {
      return nil
    }
    return states[node.inputs[0].index]
  }

  /// Whether nothing behind a softmax needs an engine.
  private func isFollowedByTail(_ id: NodeID) -> Bool {
    consumers[id.index].allSatisfy { graph[$0].op.motion.staysInFloat && isFollowedByTail($0) }
  }
}

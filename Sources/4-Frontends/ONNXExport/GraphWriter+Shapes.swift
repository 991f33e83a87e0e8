import Numbers
import QIR

/// Operators over windows without weights, and those that only move elements.
extension GraphWriter {
  mutating func write(_ op: MaxPoolOp, _ id: NodeID) {
    let input = tensor(graph[id].inputs[0], in: channelsFirst(graph[id].inputs[0]))
    emit([Step("MaxPool", attributes: windowAttributes(op.window))], of: [input], making: id, in: channelsFirst(id))
  }

  mutating func write(_ op: AveragePoolOp, _ id: NodeID) {
    let source = graph[id].inputs[0]
    let input = tensor(source, in: channelsFirst(source))
    let extents = graph[source].shape.extents
    let isGlobal =
      op.window.size == Extents(rows: extents[0], columns: extents[1]) && op.window.padding.isNone
    // Pixels outside do not count: count_include_pad is 0 where nothing is said.
    var steps = [
      isGlobal
        ? Step("GlobalAveragePool", suffix: "average")
        : Step("AveragePool", attributes: windowAttributes(op.window), suffix: "average")
    ]
    if op.factor != 1 {
      let factor = numbers([.init(op.factor)], "\(graph[id].name)/factor", at: graph.location(of: id))
      steps.append(Step("Mul", constants: [factor]))
    }
    emit(steps, of: [input], making: id, in: channelsFirst(id))
  }

  mutating func write(_ op: PadOp, _ id: NodeID) {
    let node = graph[id]
    let order = channelsFirst(id)
    let input = tensor(node.inputs[0], in: order)
    let padding = op.padding
    let pads = constant(
      [0, 0, padding.top, padding.left, 0, 0, padding.bottom, padding.right], named: "\(node.name)/pads")
    emit([Step("Pad", constants: [pads])], of: [input], making: id, in: order)
  }

  mutating func write(_ op: ConcatenateOp, _ id: NodeID) {
    let node = graph[id]
    let order = primary(node.inputs[0]).order
    let inputs = node.inputs.map { tensor($0, in: order) }
    let axis = (order.firstIndex(of: op.axis) ?? 0) + 1
    emit([Step("Concat", attributes: [("axis", .int(axis))])], of: inputs, making: id, in: order)
  }

  mutating func write(_ op: ReshapeOp, _ id: NodeID) {
    let node = graph[id]
    let source = node.inputs[0]
    let input: String
    let order: [Int]
    if let kept = orderKept(byReshaping: graph[source].shape, primary(source).order, to: node.shape) {
      (input, order) = (primary(source).name, kept)
    } else {
      (input, order) = (elements(source), Array(0..<node.shape.rank))
    }
    // 0 keeps the batch.
    let target = constant([0] + order.map { node.shape.extents[$0] }, named: "\(node.name)/shape")
    emit([Step("Reshape", constants: [target])], of: [input], making: id, in: order)
  }

  /// Where a reshape only adds and removes axes of extent 1, a tensor that is not in the node's own order needs no transpose:
  /// the order of the result that is left, if it is one that operators take.
  private func orderKept(byReshaping shape: Shape, _ order: [Int], to result: Shape) -> [Int]? {
    let axes = shape.extents.indices.filter { shape.extents[$0] > 1 }
    let newAxes = result.extents.indices.filter { result.extents[$0] > 1 }
    guard axes.map({ shape.extents[$0] }) == newAxes.map({ result.extents[$0] }), !axes.isEmpty else { return nil }
    let moved = order.compactMap { axes.firstIndex(of: $0) }.map { newAxes[$0] }
    let natural = Array(0..<result.rank)
    let candidates = [natural] + (result.rank > 1 ? [[result.rank - 1] + natural.dropLast()] : [])
    return candidates.first { candidate in candidate.filter { newAxes.contains($0) } == moved }
  }

  /// The same tensors, seen with other axes.
  mutating func write(_ op: TransposeOp, _ id: NodeID) {
    let source = primary(graph[id].inputs[0])
    alias(
      id, [Tensor(name: source.name, order: source.order.compactMap { op.permutation.firstIndex(of: $0) })])
  }
}

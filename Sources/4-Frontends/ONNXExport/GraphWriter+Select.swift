import QIR

extension GraphWriter {
  /// A slice for positions that are evenly spaced, a gather for others, axis by axis.
  mutating func write(_ op: SelectOp, _ id: NodeID) {
    let node = graph[id]
    let source = primary(node.inputs[0])
    let axes = source.order.enumerated().filter { op.axes[$0.element] != .all }
    guard !axes.isEmpty else { return alias(id, [source]) }
    let output = define(id, in: source.order)
    var name = source.name
    var extents = graph[node.inputs[0]].shape.extents
    for (place, axis) in axes {
      let positions = op.axes[axis].in(extents[axis])
      extents[axis] = positions.count
      let result = axis == axes[axes.count - 1].element ? output : unused("\(output)/selection")
      emit(
        step(positions, along: place + 1, named: node.name), of: [name], as: result,
        shape: source.order.map { extents[$0] })
      name = result
    }
  }

  private mutating func step(_ positions: [Int], along axis: Int, named name: String) -> Step {
    let step = positions.count > 1 ? positions[1] - positions[0] : 1
    let end = positions[positions.count - 1] + 1
    guard step > 0, positions == Array(stride(from: positions[0], to: end, by: step)) else {
      return Step(
        "Gather", constants: [constant(positions, named: "\(name)/indices")], attributes: [("axis", .int(axis))])
    }
    let numbers = [("starts", positions[0]), ("ends", end), ("axes", axis), ("steps", step)]
    return Step("Slice", constants: numbers.map { constant([$0.1], named: "\(name)/\($0.0)") })
  }
}

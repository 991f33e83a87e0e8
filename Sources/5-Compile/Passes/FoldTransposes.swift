import Diagnostics
import Numbers
import QIR

/// Moves transposes down, where they cancel each other or end in a dense layer's weights.
///
///     t = transpose x [2 0 1]           q' = quantize x
///     q = quantize t              ->    r' = reshape q'
///     r = reshape q [n]                 d  = dense r', rows of the kernel in the order of x
///     d = dense r
///
/// They move over element-wise nodes, quantizers of one scale, reshapes, and over sums and concatenations whose inputs are all
/// reordered alike. One that leaves elements where they are becomes a reshape, several in a row, with reshapes between them, become
/// one. Where a transpose ends nowhere the program moves codes.
package struct FoldTransposes: Pass {
  package static let name = "fold-transposes"

  package init() {}

  package func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
    var folding = Folding(graph)
    for id in graph.ids { try folding.visit(id) }
    return try folding.rewriter.finish()
  }
}

/// A graph in which nodes behind transposes stand twice: with their elements in the order before the transposes, and as they
/// were. What nothing asks for is left out at the end.
private struct Folding {
  /// A node of the result, and how the elements of a node of the source lie relative to it.
  struct Reordered {
    var id: NodeID
    var order: ElementOrder
  }

  private let source: Graph
  var rewriter: GraphRewriter
  /// By node of the source.
  private var reordered: [Reordered?]

  init(_ source: Graph) {
    self.source = source
    rewriter = GraphRewriter(source)
    reordered = Array(repeating: nil, count: source.nodes.count)
  }

  mutating func visit(_ id: NodeID) throws {
    if let op = source[id].op as? DenseOp, let inputs = try rows(of: id) {
      try rewriter.replace(id, by: op.reorderingRows(inputs.indices), inputs: [inputs.id])
      return
    }
    guard let result = try moved(id) else {
      try keep(id)
      return
    }
    if !result.order.isSame {
      reordered[id.index] = result
      try keep(id)
    } else if shape(result) == source[id].shape {
      rewriter.replace(id, by: result.id)
    } else {
      try rewriter.replace(id, by: ReshapeOp(shape: source[id].shape), inputs: [result.id])
    }
  }

  /// Copies a node as it was; a transpose behind others, with reshapes between them, is all of them.
  private mutating func keep(_ id: NodeID) throws {
    guard let last = source[id].op as? TransposeOp, let input = source[id].inputs.first,
      let moved = reordered[id.index], reordered[input.index] != nil
    else {
      try rewriter.keep(id)
      return
    }
    let copy = rewriter.result[rewriter.copy(of: input)]
    if let first = copy.op as? TransposeOp {
      let both = TransposeOp(permutation: last.permutation.map { first.permutation[$0] })
      try rewriter.replace(id, by: both, inputs: copy.inputs)
      return
    }
    let (split, transpose) = (Shape(moved.order.extents), TransposeOp(permutation: moved.order.permutation))
    var from = moved.id
    if shape(moved) != split {
      from = try rewriter.append(ReshapeOp(shape: split), named: "\(source[id].name)/split", inputs: [from])
    }
    guard split.permuted(by: transpose.permutation) != source[id].shape else {
      return try rewriter.replace(id, by: transpose, inputs: [from])
    }
    from = try rewriter.append(transpose, named: "\(source[id].name)/turned", inputs: [from])
    try rewriter.replace(id, by: ReshapeOp(shape: source[id].shape), inputs: [from])
  }

  /// The node with its elements in the order before the transposes; nil where there are none, or it cannot be.
  private mutating func moved(_ id: NodeID) throws -> Reordered? {
    let node = source[id]
    let inputs = node.inputs.compactMap { reordered[$0.index] }
    switch node.op.motion {
    case .permutes(let axes):
      let input = node.inputs[0]
      let from = inputs.first ?? Reordered(id: rewriter.copy(of: input), order: ElementOrder())
      return from.order.transposed(source[input].shape, by: axes).map { Reordered(id: from.id, order: $0) }
    case .keepsOrder: return inputs.first
    case .function(let function) where function.isUniform:
      return try inputs.first.map { try append(node, node.op, [$0], order: $0.order) }
    case .combines:
      guard let first = inputs.first, inputs.count == node.inputs.count,
        inputs.allSatisfy({ $0.order == first.order && shape($0) == shape(first) })
      else { return nil }
      return try append(node, node.op, inputs, order: first.order)
    case .concatenates(let axis):
      guard inputs.count == node.inputs.count else { return nil }
      let along = zip(node.inputs, inputs).map { input, moved in
        moved.order.following(axis, of: source[input].shape, in: shape(moved), grownTo: node.shape.extents[axis])
      }
      let others = inputs.map { shape($0).extents }.map { extents in
        extents.indices.filter { $0 != along[0]?.axis }.map { extents[$0] }
      }
      guard let first = along[0], along.allSatisfy({ $0?.axis == first.axis && $0?.order == first.order }),
        others.allSatisfy({ $0 == others[0] })
      else { return nil }
      return try append(node, ConcatenateOp(axis: first.axis), inputs, order: first.order)
    case .function, .selects, .selectsLargest, .surroundsWithZeros, .mixes: return nil
    }
  }

  private func shape(_ node: Reordered) -> Shape { rewriter.result[node.id].shape }

  private mutating func append(_ node: Node, _ op: any Operator, _ inputs: [Reordered], order: ElementOrder) throws
    -> Reordered
  {
    let id = try rewriter.append(op, named: "\(node.name)/untransposed", inputs: inputs.map(\.id))
    return Reordered(id: id, order: order)
  }

  /// What a dense layer over a reordered vector reads in its place, and where in it each row of the kernel finds its element.
  private mutating func rows(of id: NodeID) throws -> (id: NodeID, indices: [Int])? {
    let input = source[id].inputs[0]
    let vector = source[input].shape
    guard let moved = reordered[input.index], vector.elements == vector.channels else { return nil }
    if shape(moved) == vector { return (moved.id, moved.order.sourceIndices) }
    let name = "\(source[id].name)/untransposed"
    let flat = try rewriter.append(ReshapeOp(shape: vector), named: name, inputs: [moved.id])
    return (flat, moved.order.sourceIndices)
  }
}

extension DenseOp {
  /// The same layer where row i of the kernel meets element indices[i] of the input.
  fileprivate func reorderingRows(_ indices: [Int]) -> DenseOp {
    let units = kernel.shape[1]
    let rows = indices.inversePermutation
    func reordered<Number>(_ numbers: [Number]) -> [Number] {
      rows.flatMap { numbers[($0 * units)..<(($0 + 1) * units)] }
    }
    var dense = self
    switch kernel {
    case .real(let numbers, let shape): dense.kernel = .real(reordered(numbers), shape: shape)
    case .quantized(var tensor):
      tensor.codes = IntegerArray(reordered(tensor.codes.widened))
      if tensor.scaleAxis == 0, tensor.scales.count > 1 { tensor.scales = rows.map { tensor.scales[$0] } }
      dense.kernel = .quantized(tensor)
    }
    return dense
  }
}

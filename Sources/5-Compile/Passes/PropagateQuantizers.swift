import Diagnostics
import QIR

/// Moves quantizers up over operators that only move elements, so that they meet the linear layer whose accumulators they
/// quantize, and what is moved is codes instead of accumulators.
///
///     y = max_pool x            x' = quantize x
///     q = quantize y      ->    q  = max_pool x'
///
/// The same over reshape, transpose, select, pad (where the quantizer maps 0 to 0) and concatenate; element-wise functions move
/// along.
/// Rising functions and quantizers commute with the maximum.
package struct PropagateQuantizers: Pass {
  package static let name = "propagate-quantizers"

  package init() {}

  package func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
    let motion = QuantizerMotion(graph)
    let ends = nodesThatEndInQuantizers(motion)
    var rising = Rising(graph)
    for id in graph.ids {
      try rising.copy(id, moving: ends[id.index], isReadOnce: motion.onlyReader(of: id) != nil)
    }
    return try rising.rewriter.finish()
  }

  /// By node: whether it is a quantizer, or one reads its result through element-wise functions alone, or will once it moved.
  private func nodesThatEndInQuantizers(_ motion: QuantizerMotion) -> [Bool] {
    let graph = motion.graph
    var ends = Array(repeating: false, count: graph.nodes.count)
    /// By node: the quantizer that comes to stand behind it, with element-wise functions between them.
    var quantizers: [(any Operator)?] = Array(repeating: nil, count: graph.nodes.count)
    for id in graph.ids.reversed() {
      let isFunction = if case .function(let function) = graph[id].op.motion { function.isUniform } else { false }
      if let reader = motion.onlyReader(of: id) {
        if graph[reader].op is QuantizeOp {
          quantizers[id.index] = graph[reader].op
        } else if let quantizer = quantizers[reader.index],
          ends[reader.index] || QuantizerMotion.commutes(quantizer, with: graph[reader])
        {
          quantizers[id.index] = quantizer
        }
      }
      ends[id.index] = graph[id].op is QuantizeOp || (isFunction && quantizers[id.index] != nil)
    }
    return ends
  }
}

/// The new graph while nodes are copied to it, each as far up as it goes.
private struct Rising {
  var rewriter: GraphRewriter
  /// By node of the new graph: whether its values are codes of quantizers, moved perhaps.
  private var isQuantized: [Bool] = []
  /// By node of the new graph: whether one node alone reads it.
  private var isReadOnce: [Bool] = []

  init(_ graph: Graph) {
    rewriter = GraphRewriter(graph)
  }

  /// The result keeps the name of the node that moved: it is the same tensor.
  mutating func copy(_ id: NodeID, moving: Bool, isReadOnce: Bool) throws {
    let node = rewriter.source[id]
    let inputs = node.inputs.map(rewriter.copy(of:))
    let place = moving ? try self.place(node.op, named: node.name, over: inputs[0]) : (op: node.op, inputs: inputs)
    try rewriter.replace(id, by: place.op, inputs: place.inputs)
    note(place.op, place.inputs, isReadOnce: isReadOnce)
  }

  /// What the result of an element-wise node over `below` is: that node, or what `below` is, of nodes further up.
  private mutating func place(
    _ op: any Operator, named name: String, over below: NodeID
  ) throws -> (op: any Operator, inputs: [NodeID]) {
    let node = rewriter.result[below]
    // Where codes are already there, quantizing them twice on more pixels gains nothing.
    guard isReadOnce[below.index], QuantizerMotion.commutes(op, with: node),
      !node.inputs.allSatisfy({ isQuantized[$0.index] })
    else { return (op, [below]) }
    let early = try node.inputs.enumerated().map { index, input in
      let name = node.inputs.count == 1 ? "\(name)/early" : "\(name)/early\(index)"
      let place = try self.place(op, named: name, over: input)
      note(place.op, place.inputs, isReadOnce: true)
      return try rewriter.append(place.op, named: name, inputs: place.inputs)
    }
    return (node.op, early)
  }

  private mutating func note(_ op: any Operator, _ inputs: [NodeID], isReadOnce: Bool) {
    self.isReadOnce.append(isReadOnce)
    isQuantized.append(
      op is QuantizeOp || (op.motion.movesElements && inputs.allSatisfy { isQuantized[$0.index] }))
  }
}

/// Over which operators quantizers and element-wise functions move up without changing a value.
struct QuantizerMotion {
  let graph: Graph
  private let consumers: [[NodeID]]
  private let outputs: Set<NodeID>

  init(_ graph: Graph) {
    self.graph = graph
    consumers = graph.consumers
    outputs = Set(graph.outputs)
  }

  /// The one node that reads a node's result; nil where several do, or it is handed out.
  func onlyReader(of id: NodeID) -> NodeID? {
    consumers[id.index].count == 1 && !outputs.contains(id) ? consumers[id.index][0] : nil
  }

  /// Whether a network's input, or codes, that `reader` reads are quantized there, or by a quantizer that moves up to them.
  func isQuantized(by reader: NodeID) -> Bool {
    if graph[reader].op is QuantizeOp { return true }
    return quantizer(reaching: reader).map { Self.commutes($0, with: graph[reader]) } ?? false
  }

  /// The quantizer that comes to stand right behind a node; nil where none does.
  private func quantizer(reaching id: NodeID) -> (any Operator)? {
    guard let reader = onlyReader(of: id) else { return nil }
    if graph[reader].op is QuantizeOp { return graph[reader].op }
    return quantizer(reaching: reader).flatMap { Self.commutes($0, with: graph[reader]) ? $0 : nil }
  }

  /// Whether `op` of what `below` makes is what `below` makes of `op` of its inputs.
  static func commutes(_ op: any Operator, with below: Node) -> Bool {
    guard case .function(let function) = op.motion else { return false }
    switch below.op.motion {
    case .selectsLargest: return function.isIncreasing
    case .keepsOrder, .permutes: return function.isUniform
    case .selects(let axes): return function.isUniform || !axes.contains(below.shape.rank - 1)
    case .surroundsWithZeros: return function.mapsZeroToZero
    case .concatenates(let axis): return function.isUniform || axis != below.shape.rank - 1
    case .function, .combines, .mixes: return false
    }
  }
}

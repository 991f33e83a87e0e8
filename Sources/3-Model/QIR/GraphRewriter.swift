/// Copies a graph node by node into a new one; what a pass changes it appends in place of the copy.
package struct GraphRewriter {
  package let source: Graph
  package private(set) var result: Graph
  private var copies: [NodeID?]
  /// Of the source's nodes and of new ones.
  private var names: Set<String>

  package init(_ source: Graph) {
    self.source = source
    result = Graph(successorOf: source)
    copies = Array(repeating: nil, count: source.nodes.count)
    names = Set(source.nodes.map(\.name))
  }

  /// Where a node of the source went.
  package func copy(of id: NodeID) -> NodeID {
    guard let copy = copies[id.index] else { preconditionFailure("'\(source[id].name)' has no copy yet") }
    return copy
  }

  /// Appends a new tensor; where its name is taken it gets primes.
  package mutating func append(_ op: any Operator, named name: String, inputs: [NodeID]) throws -> NodeID {
    var name = name
    while !names.insert(name).inserted { name += "'" }
    return try result.append(op, named: name, inputs: inputs)
  }

  /// Puts a new node behind the copy of the source's `id`, for all that reads that from here on: under its name, and the
  /// copy under another one.
  package mutating func follow(_ id: NodeID, renamed name: String, by op: any Operator) throws {
    result[copy(of: id)].name = name
    let follower = try result.append(op, named: source[id].name, inputs: [copy(of: id)])
    result[follower].fileAxes = source[id].fileAxes
    replace(id, by: follower)
  }

  /// Says that `copy` stands for the source's node `id` from here on.
  package mutating func replace(_ id: NodeID, by copy: NodeID) {
    copies[id.index] = copy
  }

  /// Appends `op` as what the source's node `id` is from here on: the same tensor, with its name, if no other is given, and
  /// what is known of it.
  package mutating func replace(_ id: NodeID, named name: String? = nil, by op: any Operator, inputs: [NodeID]) throws {
    let copy = try result.append(op, named: name ?? source[id].name, inputs: inputs, identity: source[id].identity)
    result[copy].fileAxes = source[id].fileAxes
    replace(id, by: copy)
  }

  /// Copies a node as it is.
  package mutating func keep(_ id: NodeID) throws {
    try replace(id, by: source[id].op, inputs: source[id].inputs.map(copy(of:)))
  }

  /// The new graph, its outputs the copies of the old ones; what they do not need is left out.
  package mutating func finish() throws -> Graph {
    for output in source.outputs where result[copy(of: output)].fileAxes != source[output].fileAxes {
      // The elements are another tensor's, which the file keeps in another order.
      try replace(output, by: IdentityOp(), inputs: [copy(of: output)])
    }
    result.outputs = source.outputs.map(copy(of:))
    result.removeUnneededNodes()
    return result
  }
}

import Diagnostics

/// The index of a node in its graph; also names the node's one result.
package struct NodeID: Hashable, Sendable, Comparable {
  package let index: Int

  package init(_ index: Int) {
    self.index = index
  }

  package static func < (left: NodeID, right: NodeID) -> Bool { left.index < right.index }
}

/// A network as a value: an arena of nodes in an order in which every node stands behind its inputs.
package struct Graph: Sendable {
  package var name: String
  /// The file it was read from, for messages.
  package var file: String?
  /// Of that file.
  package var format = ModelFormat.keras
  package private(set) var nodes: [Node] = []
  package var outputs: [NodeID] = []
  /// What the nodes were before an importer took it apart, network inputs left out. Passes do not keep it: the graph that
  /// they make has none.
  package var layers: [Layer] = []

  package init(name: String, file: String? = nil) {
    self.name = name
    self.file = file
  }

  package subscript(id: NodeID) -> Node {
    get { nodes[id.index] }
    set { nodes[id.index] = newValue }
  }

  package var ids: [NodeID] { nodes.indices.map { NodeID($0) } }

  /// The network's inputs in the order of their nodes.
  package var inputs: [NodeID] {
    ids.filter { self[$0].op is InputOp }
  }

  /// Appends a node whose shape follows from its inputs. Throws a `Diagnostic` or `Diagnostics` where the operator does
  /// not fit them.
  @discardableResult
  package mutating func append(_ op: any Operator, named name: String, inputs: [NodeID] = []) throws -> NodeID {
    let location = Diagnostic.Location(file: file, layer: name)
    let shape = try op.resultShape(of: inputs.map { self[$0].shape }, at: location)
    nodes.append(Node(name: name, op: op, inputs: inputs, shape: shape))
    return NodeID(nodes.count - 1)
  }

  /// Takes out the nodes that no output needs. Inputs stay: they are the network's interface.
  package mutating func removeUnneededNodes() {
    var isNeeded = nodes.map { $0.op is InputOp }
    for output in outputs { isNeeded[output.index] = true }
    for id in ids.reversed() where isNeeded[id.index] {
      for input in self[id].inputs { isNeeded[input.index] = true }
    }
    var place = -1
    let places = isNeeded.map { isNeeded in
      place += isNeeded ? 1 : 0
      return NodeID(place)
    }
    nodes = ids.filter { isNeeded[$0.index] }.map { id in
      var node = self[id]
      node.inputs = node.inputs.map { places[$0.index] }
      return node
    }
    outputs = outputs.map { places[$0.index] }
  }

  /// The nodes that read each node's result, in order.
  package var consumers: [[NodeID]] {
    var consumers = Array(repeating: [NodeID](), count: nodes.count)
    for id in ids {
      for input in self[id].inputs { consumers[input.index].append(id) }
    }
    return consumers
  }

  package func node(named name: String) -> NodeID? {
    nodes.firstIndex { $0.name == name }.map { NodeID($0) }
  }

  package func location(of id: NodeID) -> Diagnostic.Location {
    Diagnostic.Location(file: file, layer: self[id].name)
  }
}

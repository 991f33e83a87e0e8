import Diagnostics
import Quantization

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
  package let conventions: Conventions
  package private(set) var nodes: [Node] = []
  package var outputs: [NodeID] = []
  /// By output: what the model calls it, where that is not its node's name.
  package var outputTitles: [Int: String] = [:]
  /// How the file's own integers stand for an input's or output's values, where the file has integers there.
  package var fileFormats: [TensorIdentity: CodeFormat] = [:]
  /// Of the next new tensor.
  private var identity = TensorIdentity(0)

  package init(name: String, file: String? = nil, conventions: Conventions = .ofGraphs) {
    self.name = name
    self.file = file
    self.conventions = conventions
  }

  /// No node yet, to take what becomes of those of `source`: what is new in it is told from all of them.
  init(successorOf source: Graph) {
    self.init(name: source.name, file: source.file, conventions: source.conventions)
    outputTitles = source.outputTitles
    fileFormats = source.fileFormats
    identity = source.identity
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

  /// What the model calls its outputs; a tensor that is handed out again gets a number.
  package var outputNames: [String] {
    var taken = Set<String>()
    return outputs.enumerated().map { index, output in
      let title = outputTitles[index] ?? self[output].name
      var name = title
      var copies = 0
      while !taken.insert(name).inserted {
        copies += 1
        name = "\(title)_\(copies)"
      }
      return name
    }
  }

  /// Appends a node whose shape follows from its inputs. Throws a `Diagnostic` or `Diagnostics` where the operator does
  /// not fit them.
  @discardableResult
  package mutating func append(_ op: any Operator, named name: String, inputs: [NodeID] = []) throws -> NodeID {
    let id = try append(op, named: name, inputs: inputs, identity: identity)
    identity = identity.next
    return id
  }

  /// Appends a node that makes a tensor of another graph.
  mutating func append(_ op: any Operator, named name: String, inputs: [NodeID], identity: TensorIdentity) throws
    -> NodeID
  {
    let location = Diagnostic.Location(file: file, layer: name)
    let shape = try op.resultShape(of: inputs.map { self[$0].shape }, at: location)
    nodes.append(Node(name: name, op: op, inputs: inputs, shape: shape, identity: identity))
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

  package var nodesByIdentity: [TensorIdentity: NodeID] {
    Dictionary(uniqueKeysWithValues: ids.map { (self[$0].identity, $0) })
  }

  package func node(named name: String) -> NodeID? {
    nodes.firstIndex { $0.name == name }.map { NodeID($0) }
  }

  package func location(of id: NodeID) -> Diagnostic.Location {
    Diagnostic.Location(file: file, layer: self[id].name)
  }
}

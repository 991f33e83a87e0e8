import Diagnostics
import QIR

/// A network of real numbers, and where quantizers stand in it: in front of every accelerated layer, behind the last, around
/// average pooling, and what several maps are combined to. What only moves elements keeps its input's codes, and functions behind a layer, such as a ReLU, are
/// inside the quantizer of its result.
package struct FloatNetwork: Sendable {
  /// Maps that meet: they have one width.
  package struct Tie: Sendable, Equatable {
    package var maps: [NodeID]
    /// Whether scale and zero point are the same as well: where a concatenation puts codes side by side.
    package var sharesScale: Bool

    /// The same of a sum, whose every pair of codes is looked at where the scales differ: so many there may be of 8 bits.
    package func sharesScale(at bits: Int) -> Bool { sharesScale || bits > 8 }
  }

  /// How many values of one map are held at once.
  private static let mostValues = 1 << 24

  /// As many samples as memory may take at once: two at least.
  package var mostSamples: Int {
    max(2, Self.mostValues / max(graph.nodes.map(\.shape.elements).max() ?? 1, 1))
  }

  package let graph: Graph
  /// The nodes whose results are quantized, in order; what reads them reads the quantized values.
  package let maps: [NodeID]
  /// The layers with weights.
  package let layers: [NodeID]
  package let ties: [Tie]
  /// Where channels may be made alike.
  package let edges: [Edge]
  /// What the accelerator hands out, by output of the network: the output itself, or what a softmax at the end of it reads.
  package let results: [NodeID]
  /// By node: what reads it.
  let consumers: [[NodeID]]
  private let placement: Placement

  /// - Parameter graph: without what changes nothing, batch normalization folded (`Pipeline.toFloatNetwork`).
  /// - Throws: `Diagnostics` where it is quantized already, or has nothing to quantize.
  package init(_ graph: Graph) throws(Diagnostics) {
    try Self.requireFloat(graph)
    let placement = Placement(graph)
    self.graph = graph
    consumers = graph.consumers
    maps = placement.maps.sorted()
    edges = Self.edges(of: graph, consumers, maps: maps)
    layers = graph.ids.filter { graph[$0].op is any LinearOperator }
    ties = placement.ties
    results = graph.outputs.map(placement.lastOnAccelerator)
    self.placement = placement
  }

  /// The maps whose values a node reads as its first input: one, or those of a concatenation.
  package func mapsRead(by id: NodeID) -> [NodeID] {
    var placement = placement
    return placement.demand(graph[id].inputs[0])
  }

  /// The maps that nothing but sums reads, and functions whose results are quantized again, where that is so of all that meet in
  /// these.
  package var mapsOfSumsAlone: Set<NodeID> {
    var found = Set(maps.filter(isReadBySumsAlone))
    while let tie = ties.first(where: { !found.isDisjoint(with: $0.maps) && !found.isSuperset(of: $0.maps) }) {
      found.subtract(tie.maps)
    }
    return found
  }

  private func isReadBySumsAlone(_ id: NodeID) -> Bool {
    !graph.outputs.contains(id) && !consumers[id.index].isEmpty
      && consumers[id.index].allSatisfy { reader in
        switch graph[reader].op.motion {
        case .keepsOrder, .permutes, .selects, .selectsLargest, .surroundsWithZeros: isReadBySumsAlone(reader)
        case .function: maps.contains(reader)
        case .concatenates, .mixes: false
        case .combines: graph[reader].op is AddOp
        }
      }
  }

  private static func requireFloat(_ graph: Graph) throws(Diagnostics) {
    let quantized = graph.nodes.filter {
      $0.op is QuantizeOp || $0.op.parameters.contains(where: \.parameter.isQuantized)
    }
    let location = Diagnostic.Location(file: graph.file)
    guard quantized.isEmpty else {
      throw Diagnostics([
        Diagnostic(
          "the network is quantized already: \(quantized.map(\.name).quotedList)", at: location,
          supported: "networks of float32 numbers", fix: "quantize the float network that it was made from")
      ])
    }
    guard graph.nodes.contains(where: { $0.op is any LinearOperator }) else {
      throw Diagnostics([
        Diagnostic("the network has no layer with weights", at: location, supported: "convolutions, dense layers")
      ])
    }
  }
}

/// Finds the maps of a network.
private struct Placement: Sendable {
  private let graph: Graph
  private let consumers: [[NodeID]]
  /// By node: whether it is a softmax, or behind one: the host's, in float.
  private var isTail: [Bool]
  private(set) var maps: Set<NodeID> = []
  private(set) var ties: [FloatNetwork.Tie] = []

  init(_ graph: Graph) {
    self.graph = graph
    consumers = graph.consumers
    isTail = []
    for node in graph.nodes {
      isTail.append(node.op is SoftmaxOp || (node.op.motion.staysInFloat && isTail[node.inputs[0].index]))
    }
    for id in graph.ids { visit(id) }
    for output in graph.outputs { _ = demand(lastOnAccelerator(output)) }
  }

  private mutating func visit(_ id: NodeID) {
    let op = graph[id].op
    if op is InputOp {
      maps.insert(id)
    } else if op is any LinearOperator {
      _ = demand(graph[id].inputs[0])
    } else if op is AveragePoolOp {
      _ = demand(graph[id].inputs[0])
      demandResult(of: id)
    } else if op is AddOp {
      tie(graph[id].inputs.flatMap { demand($0) }, sharesScale: false)
      demandResult(of: id)
    } else if op is any CombiningOperator || op is MatrixProductOp {
      for input in graph[id].inputs { _ = demand(input) }
      demandResult(of: id)
    }
  }

  /// Puts quantizers where they have to be for these values to be codes.
  mutating func demand(_ id: NodeID) -> [NodeID] {
    switch graph[id].op.motion {
    case .keepsOrder, .permutes, .selects, .selectsLargest, .surroundsWithZeros: return demand(graph[id].inputs[0])
    case .concatenates:
      let maps = graph[id].inputs.flatMap { demand($0) }
      tie(maps, sharesScale: true)
      return maps
    case .function, .combines, .mixes:
      maps.insert(id)
      return [id]
    }
  }

  /// The same behind functions where nothing else reads it.
  private mutating func demandResult(of id: NodeID) {
    let readers = consumers[id.index]
    let areFunctions = readers.allSatisfy { reader in
      if case .function = graph[reader].op.motion { !isTail[reader.index] } else { false }
    }
    if areFunctions, !readers.isEmpty, !graph.outputs.contains(id) {
      for reader in readers { demandResult(of: reader) }
    } else {
      _ = demand(id)
    }
  }

  private mutating func tie(_ maps: [NodeID], sharesScale: Bool) {
    let tie = FloatNetwork.Tie(maps: Set(maps).sorted(), sharesScale: sharesScale)
    if tie.maps.count > 1, !ties.contains(tie) { ties.append(tie) }
  }

  func lastOnAccelerator(_ id: NodeID) -> NodeID {
    var id = id
    while isTail[id.index] { id = graph[id].inputs[0] }
    return id
  }
}

extension Motion {
  /// Whether it may follow a softmax: what stands there is left to the host, in float.
  fileprivate var staysInFloat: Bool {
    switch self {
    case .function, .keepsOrder, .permutes, .selects: true
    case .combines, .concatenates, .selectsLargest, .surroundsWithZeros, .mixes: false
    }
  }
}

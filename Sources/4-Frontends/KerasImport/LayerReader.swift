import Diagnostics
import JSON
import QIR
import Quantization

/// One call of a layer while it becomes nodes of the graph: what the reader of each layer class works on.
struct LayerReader: ProblemCollector {
  let className: String
  let config: JSONNode
  /// The name of the node that carries the layer's output.
  let name: String
  var weights: LayerWeights
  /// Nil where a layer above could not be read.
  let inputs: [NodeID]?
  var graph: Graph
  /// Whether parameters and quantizers without codes are left out instead of refused.
  var isOutline = false
  /// Quantizers that the configuration does not say by themselves, by key.
  var derivedQuantizers: [String: Quantizer] = [:]
  var problems = Diagnostics()

  var location: Diagnostic.Location { config.location }

  /// The layer's one input.
  func input() throws -> NodeID {
    guard let inputs else { throw Skipped() }
    guard inputs.count == 1 else {
      throw Diagnostic(
        "\(className) is called on \(inputs.count) tensors", at: location, supported: "one",
        fix: "bring them together in front of it, with Add or Concatenate")
    }
    return inputs[0]
  }

  /// The shape of the layer's one input.
  func inputShape(rank: Int? = nil) throws -> Shape {
    let shape = graph[try input()].shape
    if let rank, shape.rank != rank {
      throw Diagnostic(
        "\(className) of a tensor of shape \(shape)", at: location, supported: "\(rank) axes besides the batch",
        fix: "put a Reshape in front of it")
    }
    return shape
  }

  /// The shape of the layer's one input where it is known, and known which of its axes are the channels.
  func inputShapeIfKnown(rank: Int) -> Shape? {
    guard (try? config.requireChannelsLast()) != nil, let inputs, inputs.count == 1, graph[inputs[0]].shape.rank == rank
    else { return nil }
    return graph[inputs[0]].shape
  }

  /// Appends a node, named like the layer or, with a suffix, `<layer>/<suffix>`.
  mutating func append(_ op: any Operator, _ suffix: String? = nil, inputs: [NodeID]) throws -> NodeID {
    let id = try graph.append(op, named: suffix.map { "\(name)/\($0)" } ?? name, inputs: inputs)
    try checkSize(graph[id].shape)
    return id
  }

  /// Appends a tensor of which nothing is known but its shape.
  mutating func appendUnknown(_ shape: Shape) throws -> NodeID {
    try append(InputOp(shape: shape), inputs: [])
  }

  func checkSize(_ shape: Shape) throws {
    guard shape.extents.reduce(1.0, { $0 * Double($1) }) <= Double(Self.elementLimit) else {
      throw Diagnostic(
        "a tensor of shape \(shape)", at: location, supported: "tensors of up to \(Self.elementLimit) elements",
        fix: "none: hardware of this kind does not hold it")
    }
  }

  /// Elements of one tensor: as many as an input may have.
  private static let elementLimit = 1 << 28
}

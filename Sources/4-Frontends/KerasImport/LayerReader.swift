import Diagnostics
import JSON
import QIR
import Quantization
import Quantizers

/// One call of a layer while it becomes nodes of the graph: what the reader of each layer class works on.
struct LayerReader: ProblemCollector {
  let className: String
  /// That wrote the file.
  let keras: ActivationLibrary
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
    try require(
      inputs.count == 1, "\(className) is called on \(inputs.count) tensors", at: location, supported: "one",
      fix: "bring them together in front of it, with Add or Concatenate")
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
    try require(
      shape.extents.reduce(1.0, { $0 * Double($1) }) <= Double(Self.elementLimit), "a tensor of shape \(shape)",
      at: location, supported: "tensors of up to \(Self.elementLimit) elements",
      fix: "none: hardware of this kind does not hold it")
  }

  /// Elements of one tensor: as many as an input may have.
  private static let elementLimit = 1 << 28

  /// The quantizer under a key of the layer's configuration; nil where there is none.
  /// - Parameters:
  ///   - standard: what the class takes where its configuration has not that key.
  ///   - forKernel: whether QKeras tells the quantizer that its tensor is trained (`_set_trainable_parameter`).
  func quantizer(
    _ key: String, of tensor: String, default standard: String? = nil, forKernel: Bool
  ) throws -> Quantizer? {
    let quantizer =
      if let standard, try config.memberIfPresent(key) == nil {
        try Quantizer(QuantizerArguments(parsing: standard, location: location))
      } else {
        try QuantizerConfig.read(config, key, tensor: tensor)
      }
    return forKernel ? quantizer?.forKernels : quantizer
  }

  /// A weight through its quantizer, or as it is where the layer has none. Problems of both are collected.
  mutating func parameter(
    _ variable: String, shape: [Int?], quantizer key: String?, default standard: String? = nil, forKernel: Bool
  ) throws -> Parameter {
    let quantizer = check { reader in
      try key.flatMap { try reader.quantizer($0, of: variable, default: standard, forKernel: forKernel) }
    }
    let weights = check { try $0.weights.values(variable, shape: shape) }
    guard let quantizer, let weights else { throw Skipped() }
    return try parameter(variable, weights.values, shape: weights.shape, through: quantizer)
  }

  /// Numbers for a variable through a quantizer.
  func parameter(
    _ variable: String, _ values: [Float], shape: [Int], through quantizer: Quantizer?
  ) throws -> Parameter {
    guard let quantizer else { return .real(values, shape: shape) }
    do {
      return try Parameter(values, shape: shape, through: quantizer, at: weights.location(of: variable))
    } catch {
      guard isOutline else { throw error }
      return .real(values, shape: shape)
    }
  }

  /// The bias of a layer with `count` outputs; nil where it has none.
  mutating func bias(count: Int?) throws -> Parameter? {
    guard try config.flag("use_bias", default: true) else {
      _ = try quantizer("bias_quantizer", of: "bias", forKernel: false)
      return nil
    }
    return try parameter("bias", shape: [count], quantizer: "bias_quantizer", forKernel: false)
  }

  /// The layer as it was written, once its nodes stand in the graph from `first` on.
  func layer(from first: Int) -> Layer {
    Layer(
      name: name, calledName: location.layer ?? name, className: className, inputs: inputs ?? [],
      nodes: first..<graph.nodes.count,
      quantizers: quantizers, weights: weights.asRead)
  }

  /// What the layer does not use need not be readable.
  private var quantizers: [String: Quantizer] {
    var quantizers = derivedQuantizers
    for member in (try? config.object()) ?? [] where member.key.hasSuffix("_quantizer") {
      quantizers[member.key] = (try? QuantizerConfig.read(config, member.key)) ?? nil
    }
    // A name without arguments may be a function.
    if quantizers["activation"] == nil, case .quantizer(let quantizer)? = try? activation() {
      quantizers["activation"] = quantizer
    }
    return quantizers
  }

  /// Reads a layer for its types: one without an operator, or with options that its operator has not, is an input of
  /// its shape. Nil, with what is wrong among the problems, where that is not known.
  mutating func readShape(_ row: LayerRow?, _ layer: LayerEntry) -> NodeID? {
    let before = graph
    if let row {
      if let id = check({ try row.append(&$0) }) { return id }
    } else {
      problems.report(UnknownLayer.problem(layer))
    }
    guard let inputs, !inputs.isEmpty,
      let shape = try? UnmodelledLayer(className: className, config: config, inputs: inputs.map { before[$0].shape })
        .shape
    else { return nil }
    let found = problems
    graph = before
    problems = Diagnostics()
    let id = check { try $0.appendUnknown(shape) }
    if id == nil { problems.report(contentsOf: found) }
    return id
  }
}

extension Parameter {
  /// The same numbers with an axis of one in front.
  var withLeadingAxis: Parameter {
    switch self {
    case .real(let values, let shape): return .real(values, shape: [1] + shape)
    case .quantized(var tensor):
      tensor.shape.insert(1, at: 0)
      tensor.scaleAxis += 1
      return .quantized(tensor)
    }
  }
}

import QIR
import Quantization

/// The layers of a graph and which reads which, as QTools sees them (`CreateGraph` in qgraph.py).
struct LayerGraph {
  private let graph: Graph
  /// The layer that each node belongs to.
  private let owner: [Int?]
  private let layers: [Layer]
  /// Whether the model's author wrote them.
  private let isWritten: Bool
  /// In the model's order, each behind those that it reads.
  private(set) var nodes: [LayerNode] = []

  init(_ model: Model) {
    graph = model.graph
    isWritten = !model.provenance.layers.isEmpty
    layers = isWritten ? model.provenance.layers : graph.layersOfNodes
    var owner = [Int?](repeating: nil, count: graph.nodes.count)
    for (index, layer) in layers.enumerated() {
      for node in layer.nodes { owner[node] = index }
    }
    self.owner = owner
    collect()
  }

  /// Of the network, not of what is missing of it.
  var inputs: [NodeID] { graph.inputs.filter { owner[$0.index] == nil } }

  private mutating func collect() {
    let kept = layers.indices.filter { layers[$0].className != "Dropout" }
    let place = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    nodes = kept.map { node(layers[$0], place) }
    var isRead = [Bool](repeating: false, count: graph.nodes.count)
    for layer in layers {
      for input in layer.inputs { isRead[plain(input).index] = true }
    }
    for layer in layers where !isRead[layer.output.index] {
      if case .layer(let last)? = source(of: layer.output, place) { nodes[last].isLast = true }
    }
  }

  private func node(_ layer: Layer, _ place: [Int: Int]) -> LayerNode {
    var edges: [LayerNode.Edge] = []
    for input in layer.inputs {
      guard let source = source(of: input, place) else { continue }
      let extents = graph[input].shape.extents
      let edge = LayerNode.Edge(
        source: source, shape: source == .networkInput ? .listed(extents) : .extents(extents))
      if let known = edges.firstIndex(where: { $0.source == source }) {
        edges[known] = edge
      } else {
        edges.append(edge)
      }
    }
    return LayerNode(
      layer: layer, edges: edges, inputShapes: layer.inputs.map { graph[$0].shape.extents },
      outputShape: graph[layer.output].shape.extents, poolSize: poolSize(of: layer),
      quantizers: quantizers(of: layer), isFirst: edges.contains { $0.source == .networkInput })
  }

  /// Those that the author wrote, or where nobody knows layers what the codes say.
  private func quantizers(of layer: Layer) -> [String: LayerNode.Quantized] {
    if !isWritten {
      return graph[layer.output].op.codedTypes.mapValues { LayerNode.Quantized(type: $0) }
    }
    return layer.quantizers.mapValues { .init(type: $0.kind.dataType, isKnown: $0.kind.isKnownToQTools) }
  }

  /// What makes a node's values, past Dropout and the ends of models within the model.
  private func source(of id: NodeID, _ place: [Int: Int]) -> LayerNode.Source? {
    var id = id
    while true {
      id = plain(id)
      guard let layer = owner[id.index] else { return .networkInput }
      if let index = place[layer] { return .layer(index) }
      guard let input = layers[layer].inputs.first else { return nil }
      id = input
    }
  }

  /// The node behind one that belongs to no layer and only gives a model within the model its name.
  private func plain(_ id: NodeID) -> NodeID {
    var id = id
    while owner[id.index] == nil, let input = graph[id].inputs.first { id = input }
    return id
  }

  private func poolSize(of layer: Layer) -> [Int]? {
    for node in layer.nodes {
      if let pool = graph.nodes[node].op as? AveragePoolOp {
        return [pool.window.size.rows, pool.window.size.columns]
      }
    }
    return nil
  }
}

extension Graph {
  /// A layer for every node of a graph whose importer knows no layers, named as Keras would name it.
  var layersOfNodes: [Layer] {
    ids.compactMap { id in
      let node = self[id]
      if node.op is InputOp { return nil }
      return Layer(
        name: node.name, calledName: node.name, className: node.op.layerClass, inputs: node.inputs,
        nodes: id.index..<(id.index + 1),
        weights: node.op.parameters.map { name, parameter in
          Layer.Weight(name: name, shape: parameter.shape) { parameter.values.map { Float($0) } }
        })
    }
  }
}

extension Operator {
  /// Layers without quantized parameters are Keras' own.
  fileprivate var layerClass: String {
    let isQuantized = parameters.contains { _, parameter in
      if case .quantized = parameter { true } else { false }
    }
    return (isQuantized ? "Q" : "") + Self.kerasClass
  }

  /// The types that the codes of parameters and results have, by the keys that Keras has for their quantizers.
  var codedTypes: [String: DataType] {
    if let op = self as? QuantizeOp {
      return op.quantizers.first.map { ["activation": DataType($0.format, bits: op.bits)] } ?? [:]
    }
    return Dictionary(
      uniqueKeysWithValues: parameters.compactMap { name, parameter in
        guard case .quantized(let tensor) = parameter else { return nil }
        return ("\(name)_quantizer", DataType(tensor))
      })
  }
}

extension DataType {
  fileprivate init(_ format: CodeFormat, bits: Int) {
    self.init(codes: format.range, zeroPoint: format.zeroPoint, bits: bits, scale: format.scale.double)
  }

  /// Of several scales the largest one counts.
  fileprivate init(_ tensor: QuantizedTensor) {
    let isSigned = tensor.codes.contains { $0 < 0 }
    let magnitude = Int64(1) << (tensor.bits - (isSigned ? 1 : 0))
    self.init(
      codes: (isSigned ? -magnitude : 0)...(magnitude - 1), zeroPoint: 0, bits: tensor.bits,
      scale: tensor.scales.map(\.double).map(\.magnitude).max() ?? 1)
  }
}

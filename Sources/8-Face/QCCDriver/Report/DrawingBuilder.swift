import IntegerProgram
import Lowering
import QIR
import Quantization
import Reports

/// A typed graph as boxes and arrows. Element-wise nodes that are the one reader of what is before them stand in its box, as
/// they become one step with it.
struct DrawingBuilder {
  private let graph: Graph
  private let network: LoweredNetwork
  /// By name.
  private let layers: [String: TileReport.Layer]
  /// The program's tensor of each node that has one.
  private let tensors: [NodeID: TensorID]

  init(_ network: LoweredNetwork, tiles: TileReport) {
    self.network = network
    graph = network.graph
    layers = Dictionary(tiles.layers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    tensors = Dictionary(network.meanings.map { ($0.node, $0.tensor) }, uniquingKeysWith: { _, last in last })
  }

  var drawing: NetworkDrawing {
    let consumers = graph.consumers
    var boxes: [NetworkDrawing.Box] = []
    var edges: [NetworkDrawing.Edge] = []
    var boxOf: [Int] = []
    for id in graph.ids {
      let node = graph[id]
      if let input = node.inputs.first, node.inputs.count == 1, consumers[input.index].count == 1,
        let line = node.op.line,
        !graph.outputs.contains(input)
      {
        let box = boxOf[input.index]
        boxOf.append(box)
        boxes[box].lines.append(line)
        boxes[box].result = result(of: id)
        boxes[box].isOutput = graph.outputs.contains(id)
      } else {
        boxOf.append(boxes.count)
        boxes.append(box(of: id))
        for input in node.inputs { edges.append(.init(from: boxOf[input.index], to: boxes.count - 1)) }
      }
    }
    return NetworkDrawing(boxes: boxes, edges: edges)
  }

  private func box(of id: NodeID) -> NetworkDrawing.Box {
    let node = graph[id]
    let kind =
      if case .input = node.op { "network input" } else { node.layerClass ?? type(of: node.op.attributes).mnemonic }
    let layer = layers[node.name]
    var lines: [String] = []
    let widths = node.op.parameters.map { "\($0.name) \($0.parameter.bits) bit" }
    if let line = node.op.line { lines.append(line) }
    if !widths.isEmpty { lines.append(widths.joined(separator: ", ")) }
    if let layer { lines.append("\(layer.engine) \(layer.mode), \(layer.tiles) tile\(layer.tiles == 1 ? "" : "s")") }
    return .init(
      name: node.name, title: [kind, node.op.extents].compactMap { $0 }.joined(separator: " "), lines: lines,
      engine: layer?.engine, result: result(of: id), isOutput: graph.outputs.contains(id))
  }

  /// Codes as the program holds them; of what the host computes the shape alone.
  private func result(of id: NodeID) -> String {
    let shape = graph[id].shape.extents.map(String.init).joined(separator: "x")
    guard let tensor = tensors[id] else { return "real \(shape)" }
    return "\(network.program[tensor].type) \(shape)"
  }
}

extension Op {
  /// What an element-wise node adds to the box of what is before it; nil for nodes that have boxes of their own.
  fileprivate var line: String? {
    switch self {
    case .quantize(let op): return op.shortDescription
    case .batchNormalization: return "batch normalization"
    case .elementwise(let op): return op.functions.map(\.word).joined(separator: ", ")
    case .softmax: return "softmax, on the host"
    case .reshape(let op): return "as \(op.shape.extents.map(String.init).joined(separator: "x"))"
    case .identity: return "identity"
    case .input, .convolution, .depthwiseConvolution, .dense, .add, .concatenate, .maxPool, .averagePool, .pad,
      .transpose:
      return nil
    }
  }

  /// `3x3, stride 2`
  fileprivate var extents: String? {
    switch self {
    case .convolution(let op):
      return op.window.text + (op.groups > 1 ? ", \(op.groups) groups" : "")
    case .depthwiseConvolution(let op): return op.window.text
    case .maxPool(let op): return op.window.text
    case .averagePool(let op): return op.window.text
    case .dense(let op): return "\(op.kernel.shape[0]) to \(op.kernel.shape[1])"
    case .input, .quantize, .batchNormalization, .elementwise, .softmax, .add, .concatenate, .pad, .reshape, .transpose,
      .identity:
      return nil
    }
  }
}

extension QuantizeOp {
  /// Without long arguments, which the table of data types has.
  fileprivate var shortDescription: String {
    guard description.count > 31, let end = description.firstIndex(of: "(") else { return description }
    return "\(description[..<end])(\(bits), …)"
  }
}

extension Window {
  fileprivate var text: String {
    "\(size.rows)x\(size.columns)" + (stride == .one ? "" : ", stride \(stride.text)")
      + (dilation == .one ? "" : ", dilation \(dilation.text)")
  }
}

extension Extent {
  fileprivate var text: String { rows == columns ? "\(rows)" : "\(rows)x\(columns)" }
}

extension RealFunction {
  /// For people.
  fileprivate var word: String {
    switch self {
    case .affine: "affine"
    case .clip(let lower, let upper): lower == .zero && upper == nil ? "ReLU" : "clip"
    case .leakyReLU: "leaky ReLU"
    case .thresholdedReLU: "thresholded ReLU"
    case .hardSwish: "hard swish"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    }
  }
}

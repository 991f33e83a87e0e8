import ONNX

/// The order of axes in which the graph keeps a network's input: channels last where a convolution or a pool reads it
/// channels first, or constants per channel meet it, else the model's own.
struct InputOrder {
  private let readers: [String: [ONNXNode]]
  /// Of initializers.
  private let shapes: [String: [Int]]

  init(_ graph: ONNXGraph) {
    var readers: [String: [ONNXNode]] = [:]
    for node in graph.nodes {
      for input in Set(node.inputs) { readers[input, default: []].append(node) }
    }
    self.readers = readers
    shapes = Dictionary(graph.initializers.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
  }

  private static let channelsFirst: Set<String> = [
    "Conv", "QLinearConv", "ConvInteger", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool",
    "BatchNormalization", "QLinearGlobalAveragePool", "QLinearAveragePool",
  ]
  private static let spreadsConstants: Set<String> = ["Add", "Sub", "Mul", "Div", "QLinearAdd", "QLinearMul"]
  private static let keepsAxes: Set<String> = [
    "QuantizeLinear", "DequantizeLinear", "Quant", "IntQuant", "BipolarQuant", "Trunc", "Identity", "Cast", "Relu",
    "Clip", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Dropout", "Add", "Sub", "Mul", "Div", "Pad",
    "Concat", "Slice", "Gather", "ReduceMean", "Neg", "ThresholdedRelu", "Softmax", "QLinearAdd", "QLinearMul",
    "QLinearConcat", "QLinearLeakyRelu", "QLinearSigmoid",
  ]

  /// - Parameter first: the first axis that is not the batch.
  func order(of input: String, rank: Int, first: Int) -> [Int] {
    let natural = Array(first..<max(rank, first))
    guard rank >= 3, first == 1 else { return natural }
    var open = [input]
    var seen: Set<String> = []
    while let tensor = open.popLast() {
      guard seen.insert(tensor).inserted else { continue }
      for node in readers[tensor] ?? [] {
        if Self.channelsFirst.contains(node.operatorType) || hasConstantPerChannel(node, rank: rank) {
          return Array(2..<rank) + [1]
        }
        if Self.keepsAxes.contains(node.operatorType) { open += node.outputs.prefix(1) }
      }
    }
    return natural
  }

  /// Whether a node has a constant that differs along axis 1 alone.
  private func hasConstantPerChannel(_ node: ONNXNode, rank: Int) -> Bool {
    Self.spreadsConstants.contains(node.operatorType)
      && node.inputs.compactMap { shapes[$0] }.contains { shape in
        shape.count >= rank - 1 && shape.count <= rank
          && shape.enumerated().allSatisfy { axis, extent in
            (extent > 1) == (axis == shape.count - rank + 1)
          }
      }
  }
}

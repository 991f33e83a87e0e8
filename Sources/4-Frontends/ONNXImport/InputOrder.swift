import ONNX

/// The order of axes in which the graph keeps a network's input: channels last where a convolution or a pool reads it
/// channels first, else the model's own.
struct InputOrder {
  private let readers: [String: [ONNXNode]]

  init(_ graph: ONNXGraph) {
    var readers: [String: [ONNXNode]] = [:]
    for node in graph.nodes {
      for input in Set(node.inputs) { readers[input, default: []].append(node) }
    }
    self.readers = readers
  }

  private static let channelsFirst: Set<String> = [
    "Conv", "QLinearConv", "ConvInteger", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool",
    "BatchNormalization", "QLinearGlobalAveragePool", "QLinearAveragePool",
  ]
  private static let keepsAxes: Set<String> = [
    "QuantizeLinear", "DequantizeLinear", "Quant", "IntQuant", "BipolarQuant", "Trunc", "Identity", "Cast", "Relu",
    "Clip", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Dropout", "Add", "Sub", "Mul", "Div", "Pad",
    "Concat", "QLinearAdd", "QLinearMul", "QLinearConcat", "QLinearLeakyRelu", "QLinearSigmoid",
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
        if Self.channelsFirst.contains(node.operatorType) { return Array(2..<rank) + [1] }
        if Self.keepsAxes.contains(node.operatorType) { open += node.outputs.prefix(1) }
      }
    }
    return natural
  }
}

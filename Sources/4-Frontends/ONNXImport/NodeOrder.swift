import Diagnostics
import ONNX

/// An order of the nodes in which each stands behind those it reads. Files should have it; not all do.
enum NodeOrder {
  /// Of nodes in an order those that the graph's outputs need.
  static func needed(_ order: [Int], in graph: ONNXGraph) -> [Int] {
    var tensors = Set(graph.outputs.map(\.name))
    let reversed = order.reversed().filter { index in
      let node = graph.nodes[index]
      guard node.outputs.contains(where: tensors.contains) else { return false }
      tensors.formUnion(node.inputs)
      return true
    }
    return reversed.reversed()
  }

  /// All nodes but those in cycles and behind them. Tensors that nothing makes, and cycles, are reported.
  static func sorted(_ graph: ONNXGraph, file: String, reporting problems: inout Diagnostics) -> [Int] {
    var makers: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { makers[output] = index }
    }
    let given = Set(graph.initializers.map(\.name) + graph.inputs.map(\.name))
    var readers = [[Int]](repeating: [], count: graph.nodes.count)
    var waiting = [Int](repeating: 0, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs where !input.isEmpty && !given.contains(input) {
        if let maker = makers[input] {
          readers[maker].append(index)
          waiting[index] += 1
        } else {
          problems.report(
            "it reads tensor '\(input)', which nothing makes", at: .init(file: file, layer: node.label),
            fix: "the model misses an initializer, an input or a node of that name")
        }
      }
    }
    for output in graph.outputs where makers[output.name] == nil && !given.contains(output.name) {
      problems.report(
        "the graph's output '\(output.name)' is made by no node", at: .init(file: file, tensor: output.name))
    }
    var order = graph.nodes.indices.filter { waiting[$0] == 0 }
    var next = 0
    while next < order.count {
      for reader in readers[order[next]] {
        waiting[reader] -= 1
        if waiting[reader] == 0 { order.append(reader) }
      }
      next += 1
    }
    if order.count < graph.nodes.count {
      let stuck = graph.nodes.indices.filter { waiting[$0] > 0 }.prefix(4).map { graph.nodes[$0].label }
      problems.report("nodes read each other in a cycle: \(stuck.joined(separator: ", "))", at: .init(file: file))
    }
    return order
  }
}

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
    "BatchNormalization", "QLinearGlobalAveragePool", "QLinearAveragePool", "Resize", "Upsample", "DepthToSpace",
    "SpaceToDepth", "ConvTranspose",
  ]
  private static let spreadsConstants: Set<String> = [
    "Add", "Sub", "Mul", "Div", "Sum", "Max", "Min", "QLinearAdd", "QLinearMul",
  ]
  private static let keepsAxes: Set<String> = [
    "QuantizeLinear", "DequantizeLinear", "Quant", "IntQuant", "BipolarQuant", "Trunc", "Identity", "Cast", "Relu",
    "Clip", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Dropout", "Add", "Sub", "Mul", "Div", "Pad",
    "Concat", "Slice", "Gather", "Split", "Tile", "Expand", "ReduceMean", "Neg", "ThresholdedRelu", "Softmax",
    "Sum", "Mean", "Max", "Min", "Abs",
    "Pow", "QLinearAdd", "QLinearMul", "QLinearConcat", "QLinearLeakyRelu", "QLinearSigmoid",
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

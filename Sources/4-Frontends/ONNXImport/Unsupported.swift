import Diagnostics
import ONNX

/// What is said of operators that cannot be read.
enum Unsupported {
  static func problem(_ node: ONNXNode, at location: Diagnostic.Location) -> Diagnostic {
    let name = node.domain.isEmpty ? node.operatorType : "\(node.domain).\(node.operatorType)"
    switch node.operatorType {
    case "If", "Loop", "Scan", "SequenceMap":
      return Diagnostic(
        "control flow: \(name)", at: location, supported: "graphs without it",
        fix: "simplify the model so that the branch taken is fixed, for example with onnxsim")
    case "DynamicQuantizeLinear":
      return Diagnostic(
        "\(name): its scale depends on the data of every inference, which no fixed hardware constant can follow",
        at: location, supported: "QuantizeLinear with a constant scale",
        fix: "quantize statically, for example with onnxruntime.quantization.quantize_static")
    default:
      let way = ways.first { $0.operators.contains(node.operatorType) }?.out
      return Diagnostic("operator \(name) is not supported", at: location, fix: way ?? Self.noWay)
    }
  }

  /// Said once where operators are missing.
  static func list(at location: Diagnostic.Location) -> Diagnostic {
    let names = Set(OperatorTable.rows.flatMap(\.names)).sorted()
    return Diagnostic(
      "operators that are supported: \(names.joined(separator: ", ")); of constants also "
        + Set(OperatorTable.foldedNames).subtracting(names).sorted().joined(separator: ", "),
      at: location, severity: .note)
  }

  private static let noWay = "there is no other form of it: build the network without it and train it again"

  /// Operators that other ones can do as well.
  private static let ways: [(operators: Set<String>, out: String)] = [
    (["ReduceSum"], "ReduceMean, and Mul by the number of elements"),
    (["ReduceMax"], "GlobalMaxPool, or MaxPool over the whole axes"),
    (
      [
        "LayerNormalization", "InstanceNormalization", "GroupNormalization", "LpNormalization",
        "MeanVarianceNormalization",
      ],
      "there is no other form of it, its scale depends on the data: train with BatchNormalization"
    ),
    (
      ["LSTM", "GRU", "RNN", "Attention", "MultiHeadAttention"],
      "there is no other form of it: train with convolutions over time"
    ),
    (["ArgMax", "ArgMin", "TopK", "NonMaxSuppression"], "end the network in front of it: the host can do it"),
    (["LogSoftmax"], "end the network in DequantizeLinear and Softmax, or in front of it"),
    (
      ["Reciprocal", "Log", "Sqrt", "Floor", "Ceil", "Round"],
      "of constants alone; on feature maps there is no other form"
    ),
  ]
}

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
      let names = Set(OperatorTable.rows.flatMap(\.names)).sorted()
      return Diagnostic(
        "operator \(name)", at: location, supported: names.joined(separator: ", "),
        fix: "replace it with supported operators before the export")
    }
  }
}

import Diagnostics
import ONNX
import QIR

/// Graphs as ONNX models: feature maps channels first, as ONNX' operators take them, and the network's inputs and outputs
/// with the axes that the model's own file gives them.
package enum ONNXExport {
  /// - Parameter graph: as it was read, or with quantizers at its inputs.
  /// - Throws: `Diagnostics`, everything in the network that the style has no operator for.
  package static func model(of graph: Graph, style: ExportStyle) throws(Diagnostics) -> ONNXModel {
    var writer = GraphWriter(graph, style: style)
    writer.run()
    try writer.problems.throwIfErrors()
    var opsets = [(domain: "", version: writer.opset)]
    if writer.nodes.contains(where: { $0.domain == QONNX.domain }) { opsets.append((QONNX.domain, 1)) }
    return ONNXModel(
      irVersion: writer.opset < 21 ? 8 : 10, opsets: opsets, graph: writer.result, producer: "qcc")
  }
}

/// The operators of the QONNX project.
enum QONNX {
  static let domain = "qonnx.custom_op.general"
}

/// How quantizers are written.
package enum ExportStyle: String, Sendable, CaseIterable {
  /// `Quant` and `BipolarQuant` of `qonnx.custom_op.general`: any width.
  case qonnx
  /// ONNX' own `QuantizeLinear` and `DequantizeLinear`: codes of 4, 8 and 16 bits.
  case qdq
}

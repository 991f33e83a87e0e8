import KerasExport
import ONNX
import ONNXExport
import QIR

extension Graph {
  /// A file of the kind that its name says: ONNX, or for QKeras.
  ///
  /// - Parameter style: of an ONNX file; nil: the one that holds the widths as they are.
  /// - Throws: `Diagnostics` where the kind cannot say the network.
  package func bytes(for path: String, style: ExportStyle?) throws -> [UInt8] {
    switch FileKind(path) {
    case .keras: try KerasExport.content(of: self).bytes(file: path)
    case .onnx, .plan: try ONNXFile.bytes(of: ONNXExport.model(of: self, style: style ?? self.style), file: path)
    }
  }

  /// QDQ has 4, 8 and 16 bits.
  private var style: ExportStyle {
    let widths = nodes.flatMap { node in
      [(node.op as? QuantizeOp)?.bits, (node.op as? any LinearOperator)?.kernel.bits].compactMap(\.self)
    }
    return Set(widths).isSubset(of: [4, 8, 16]) ? .qdq : .qonnx
  }

  /// What names of such files end in.
  package static let suffixes = ["onnx", "h5", "hdf5"]
}

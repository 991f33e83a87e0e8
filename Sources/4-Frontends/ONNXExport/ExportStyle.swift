/// How quantizers are written.
package enum ExportStyle: String, Sendable, CaseIterable {
  /// `Quant` and `BipolarQuant` of `qonnx.custom_op.general`: any width.
  case qonnx
  /// ONNX' own `QuantizeLinear` and `DequantizeLinear`: codes of 4, 8 and 16 bits.
  case qdq
}

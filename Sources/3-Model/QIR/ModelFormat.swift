/// What kind of file a graph was read from: messages speak its language.
package enum ModelFormat: Sendable {
  case keras
  case onnx

  /// What quantizes a feature map.
  package var quantizer: String {
    switch self {
    case .keras: "a QActivation"
    case .onnx: "a QuantizeLinear with its DequantizeLinear"
    }
  }

  /// The same with an example.
  package var exampleQuantizer: String {
    switch self {
    case .keras: "a QActivation, for example quantized_relu(8, 4),"
    case .onnx: "a QuantizeLinear with its DequantizeLinear, as onnxruntime's quantize_static does,"
    }
  }

  /// How the weights of a layer are quantized.
  package var weightQuantizer: String {
    switch self {
    case .keras: "give the layer a quantizer: QConv2D, QDepthwiseConv2D or QDense with kernel_quantizer="
    case .onnx: "give the layer quantized weights: a DequantizeLinear of integers, or a Quant"
    }
  }
}

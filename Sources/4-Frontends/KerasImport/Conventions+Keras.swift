import QIR

extension Conventions {
  /// A layer without quantizers among others that have them was forgotten.
  static let keras = Conventions(
    quantizer: "a QActivation", exampleQuantizer: "a QActivation, for example quantized_relu(8, 4),",
    quantizingWeights: "give the layer a quantizer: QConv2D, QDepthwiseConv2D or QDense with kernel_quantizer=",
    avoidingInputScales: "leave scale_axis at its default or use alpha='auto_po2'", unquantizedWeightBits: 16)
}

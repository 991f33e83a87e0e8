import QIR

extension Conventions {
  /// Exporters leave weights as floats where their quantizer makes numbers that need no more.
  static let onnx = Conventions(
    quantizer: "a QuantizeLinear with its DequantizeLinear",
    exampleQuantizer: "a QuantizeLinear with its DequantizeLinear, as onnxruntime's quantize_static does,",
    quantizingWeights: "give the layer quantized weights: a DequantizeLinear of integers, or a Quant",
    avoidingInputScales: "use one scale per output channel", unquantizedWeightBits: nil)
}

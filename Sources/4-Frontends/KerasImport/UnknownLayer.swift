import Diagnostics

/// What to say of layers that cannot be read: how else the same can be said, or that it cannot.
enum UnknownLayer {
  static func problem(_ layer: LayerEntry) -> Diagnostic {
    let name = layer.className
    if name == "Lambda" {
      return Diagnostic(
        "a Lambda layer, which holds Python code: it is not run", at: layer.config.location,
        fix: "say it with layers of Keras")
    }
    if name.hasSuffix("OpLambda") {
      let function = (try? layer.config.string("function")) ?? name
      return Diagnostic(
        "an operation on tensors outside of a layer (tf.\(function))", at: layer.config.location,
        fix: operations[function] ?? none)
    }
    return Diagnostic(
      "layer class '\(name)' is not supported", at: layer.config.location, fix: layers[name] ?? recurrent(name) ?? none)
  }

  private static let none = "none: the layers that qcc reads, which its README lists, cannot say it"

  private static func recurrent(_ name: String) -> String? {
    let kinds = ["LSTM", "GRU", "RNN", "Bidirectional"]
    return kinds.contains { name.firstRange(of: $0) != nil } ? "none yet: recurrent layers are not read" : nil
  }

  /// By the name of a TensorFlow function.
  private static let operations: [String: String] = [
    "expand_dims": "keras.layers.Reshape in its place",
    "compat.v1.squeeze": "keras.layers.Reshape in its place",
  ]

  private static let oneRow = "make the sequence one row with Reshape((1, steps, channels)), "
  private static let asDense = "take the layer out of it where it is a Dense or QDense: those work along the last axis"
  private static let asBinary =
    "QActivation(binary(alpha=1)) in front of QKeras' layer of the same kind, with kernel_quantizer=binary(alpha=1) and the same weights"

  /// By class.
  private static let layers: [String: String] = [
    "DepthwiseConv1D": oneRow + "then DepthwiseConv2D((1, n)) with the same weights, then Reshape back",
    "TimeDistributed": asDense,
    "LayerNormalization": "BatchNormalization in its place, and train again",
    "GroupNormalization": "BatchNormalization in its place, and train again",
    "QuantizeLayer": "convert the model to ONNX with quantized operators (tf2onnx), and give qcc that",
    "QuantizeWrapper": "convert the model to ONNX with quantized operators (tf2onnx), and give qcc that",
    "QuantizeWrapperV2": "convert the model to ONNX with quantized operators (tf2onnx), and give qcc that",
    "QuantConv1D": asBinary,
    "QuantConv2D": asBinary,
    "QuantDepthwiseConv2D": asBinary,
    "QuantDense": asBinary,
  ]
}

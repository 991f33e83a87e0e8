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
    "__operators__.add": "keras.layers.Add()([a, b]) in its place",
    "math.add": "keras.layers.Add()([a, b]) in its place",
    "concat": "keras.layers.Concatenate in its place",
    "cast": "leave it out, and give the model float32 inputs: keras.Input(…, dtype='float32')",
    "reshape": "keras.layers.Reshape in its place",
    "nn.relu": "keras.layers.ReLU() in its place",
    "nn.relu6": "keras.layers.ReLU(6) in its place",
    "nn.leaky_relu": "keras.layers.LeakyReLU(0.2) in its place",
    "math.sigmoid": "keras.layers.Activation('sigmoid') in its place",
    "math.tanh": "keras.layers.Activation('tanh') in its place",
    "nn.softmax": "keras.layers.Softmax() in its place",
    "math.reduce_mean": "keras.layers.GlobalAveragePooling2D in its place, where it is over rows and columns",
    "math.reduce_max": "keras.layers.GlobalMaxPooling2D in its place, where it is over rows and columns",
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

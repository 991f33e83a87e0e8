/// The configuration keys of the two quantizers that QTools takes for a linear layer's weights and bias.
struct LayerKeys {
  let weights: String
  let bias: String

  init(className: String) {
    let isSeparable = className.firstRange(of: "Separable") != nil
    weights = isSeparable || className.firstRange(of: "Depthwise") != nil ? "depthwise_quantizer" : "kernel_quantizer"
    // The second of the layer's quantizers, which in a separable convolution is not the bias'.
    bias = isSeparable ? "pointwise_quantizer" : "bias_quantizer"
  }
}

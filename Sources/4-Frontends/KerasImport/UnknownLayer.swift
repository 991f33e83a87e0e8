import Diagnostics

/// What to say of layers that cannot be read.
enum UnknownLayer {
  static func problem(_ layer: LayerEntry) -> Diagnostic {
    let name = layer.className
    if name == "Lambda" {
      return Diagnostic(
        "a Lambda layer, which holds Python code: it is not run", at: layer.config.location,
        fix: "say it with other layers")
    }
    if name.hasSuffix("OpLambda") {
      return Diagnostic(
        "an operation on tensors outside of a layer (\(name))", at: layer.config.location,
        fix: "use a layer in its place: Add for a + b, Concatenate, Reshape, ReLU")
    }
    return Diagnostic(
      "layer class '\(name)' is not supported", at: layer.config.location,
      fix: "qcc lists what is supported in its README")
  }
}

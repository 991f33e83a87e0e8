import Diagnostics
import JSON
import QIR

/// `InputLayer`: the shape without its batch, every extent known.
enum InputLayer {
  static func read(_ config: JSONNode) throws -> InputOp {
    try PolicyCheck.check(config)
    for key in ["sparse", "ragged"] where try config.flag(key, default: false) {
      throw config.problem("says \(key)=True", supported: "dense tensors")
    }
    // `batch_shape` in later versions.
    let key = try config.memberIfPresent("batch_input_shape") == nil ? "batch_shape" : "batch_input_shape"
    let extents = try config.array(key)
    let shape = try extents.dropFirst().map { extent in
      if extent.isNull {
        throw Diagnostic(
          "an input of shape [\(extents.map(Self.text).joined(separator: ", "))]", at: config.location,
          supported: "known sizes on every axis but the batch, the first",
          fix: "build the model again with every size given, keras.Input((96, 96, 3)), load_weights, and save it")
      }
      return try extent.int()
    }
    return InputOp(shape: Shape(Array(shape)))
  }

  private static func text(_ extent: JSONNode) -> String {
    if case .int(let value) = extent.value { "\(value)" } else { "None" }
  }
}

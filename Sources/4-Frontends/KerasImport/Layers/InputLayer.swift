import Diagnostics
import JSON
import QIR

/// `InputLayer`: the shape without its batch, every extent known.
enum InputLayer {
  static let keys =
    LayerKeys.every + .read("batch_shape", "sparse", "ragged") + .harmless("type_spec")

  static func read(_ config: JSONNode) throws -> InputOp {
    try PolicyCheck.check(config, isInput: true)
    for key in ["sparse", "ragged"] where try config.flag(key, default: false) {
      throw config.problem(
        "says \(key)=True", supported: "dense tensors", fix: "build the model again without it")
    }
    // `batch_shape` in later versions.
    let key = try config.memberIfPresent("batch_input_shape") == nil ? "batch_shape" : "batch_input_shape"
    let extents = try config.array(key)
    if extents.dropFirst().contains(where: \.isNull) {
      let example = extents.dropFirst().map { $0.isNull ? "96" : text($0) }
      throw Diagnostic(
        "an input of shape [\(extents.map(text).joined(separator: ", "))]", at: config.location,
        supported: "known sizes on every axis but the batch, the first",
        fix: "build the model again with every size given, for example "
          + "keras.Input((\(example.joined(separator: ", "))\(example.count == 1 ? "," : ""))), load_weights, and save it"
      )
    }
    let shape = try extents.dropFirst().map { try $0.int() }
    return InputOp(shape: Shape(Array(shape)))
  }

  private static func text(_ extent: JSONNode) -> String {
    if case .int(let value) = extent.value { "\(value)" } else { "None" }
  }
}

import Diagnostics
import JSON

/// Layers compute in float32: a name, or a mixed-precision policy with one. An input has a type of its own, whatever the policy.
enum PolicyCheck {
  static func check(_ config: JSONNode, isInput: Bool = false) throws {
    guard config.isObject, var node = try config.memberIfPresent("dtype"), !node.isNull else { return }
    if node.isObject { node = try node.member("config").member("name") }
    let name = try node.string()
    guard name != "float32" else { return }
    throw node.problem(
      "is '\(name)'", supported: "float32",
      fix: isInput
        ? "keras.Input(…, dtype='float32'), which takes the same numbers, load_weights, and save it"
        : "keras.mixed_precision.set_global_policy('float32'), build the model again, load_weights, and save it")
  }
}

import Diagnostics
import JSON

/// Layers compute in float32: a name, or a mixed-precision policy with one.
enum PolicyCheck {
  static func check(_ config: JSONNode) throws {
    guard config.isObject, var node = try config.memberIfPresent("dtype"), !node.isNull else { return }
    if node.isObject { node = try node.member("config").member("name") }
    let name = try node.string()
    if name != "float32" {
      throw node.problem(
        "is '\(name)'", supported: "float32",
        fix: "keras.mixed_precision.set_global_policy('float32'), build the model again, load_weights, and save it")
    }
  }
}

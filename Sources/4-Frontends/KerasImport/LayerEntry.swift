import Diagnostics
import JSON

/// A layer in a model's configuration and where it is called.
struct LayerEntry {
  let name: String
  let className: String
  let config: JSONNode
  /// The inputs of each call.
  var calls: [[TensorReference]]

  var isInput: Bool { className == "InputLayer" }
  var isModel: Bool { LayerTable.models.contains(className) }

  /// A nested model that knows its inputs already has one call, which is not in the file: the one that built it.
  var firstCall: Int {
    guard isModel else { return 0 }
    guard className == "Sequential" else { return 1 }
    let layers = config.value["layers"] ?? config.value
    guard case .array(let entries) = layers, let first = entries.first else { return 0 }
    return first["class_name"] == .string("InputLayer") ? 1 : 0
  }

  /// - Parameter node: `{"class_name": …, "config": …, "name": …, "inbound_nodes": …}`, its location the file.
  init(_ node: JSONNode, prefix: String) throws {
    var node = node
    className = try node.string("class_name")
    var config = try node.member("config")
    let inner = try config.isObject ? config.stringIfPresent("name") : nil
    guard let name = try node.stringIfPresent("name") ?? inner else {
      throw node.problem("has no name", supported: "layers with names")
    }
    self.name = name
    node.location.layer = prefix + name
    config.location.layer = prefix + name
    self.config = config
    if let inner, inner != name {
      throw node.problem("is named '\(name)' and in its configuration '\(inner)'", supported: "one name")
    }
    calls = []
    // A layer that is not known takes what it likes: there is one problem of it, and that is another one.
    let isKnown = isInput || isModel || LayerTable.byClass[className] != nil
    calls =
      try node.arrayIfPresent("inbound_nodes")?.map {
        try TensorReference.all(in: $0, checkingArguments: isKnown)
      } ?? []
    if isInput { calls = [[]] }
  }
}

extension JSONNode {
  var isObject: Bool {
    if case .object = value { true } else { false }
  }
}

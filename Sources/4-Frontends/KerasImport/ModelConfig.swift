import Diagnostics
import JSON

/// A Functional or Sequential model as its configuration says it: layers, and which tensors go in and out.
struct ModelConfig {
  let name: String
  private(set) var layers: [LayerEntry] = []
  /// Layers that are there and could not be read.
  private(set) var leftOut: Set<String> = []
  private(set) var inputs: [TensorReference] = []
  private(set) var outputs: [TensorReference] = []

  /// What is wrong with single layers is collected, and they are left out.
  /// - Parameter node: `{"class_name": "Functional", "config": {…}}`
  init(className: String, config: JSONNode, prefix: String, problems: inout Diagnostics) throws {
    name = try config.isObject ? config.stringIfPresent("name") ?? "model" : "model"
    // Very old files have a Sequential's layers alone as its configuration.
    let list = try config.isObject ? config.array("layers") : config.array()
    for node in list {
      if let layer = problems.collecting({ try LayerEntry(node, prefix: prefix) }) {
        layers.append(layer)
        if layer.isInput { problems.report(contentsOf: InputLayer.keys.problems(of: layer.config)) }
      } else if let name = Self.layerName(node.value) {
        leftOut.insert(name)
      }
    }
    if className == "Sequential" {
      try chain(config)
    } else {
      inputs = try TensorReference.ofModel(config.member("input_layers"))
      outputs = try TensorReference.ofModel(config.member("output_layers")).map { output in
        // Here Keras 3 counts the call that built a model, too.
        let isOfModel = layers.contains {
          $0.name == output.layer && $0.hasKeras3Calls && $0.className != "Sequential" && $0.isModel
        }
        return isOfModel ? output.ofPreviousCall : output
      }
    }
    for (list, key) in [(inputs, "input_layers"), (outputs, "output_layers")] where list.isEmpty {
      throw config.problem("says no \(key)", supported: "models with inputs and outputs")
    }
  }

  /// The names of the layers of a model that was not read yet: `{"class_name": …, "config": …}`
  static func layerNames(in model: JSONValue) -> [String] {
    guard let config = model["config"], case .array(let layers) = config["layers"] ?? config else { return [] }
    return layers.compactMap(layerName)
  }

  static func layerName(_ layer: JSONValue) -> String? {
    if case .string(let name)? = layer["name"] ?? layer["config"]?["name"] { name } else { nil }
  }

  /// The layers of a Sequential one after another.
  private mutating func chain(_ config: JSONNode) throws {
    guard let first = layers.first else {
      throw config.problem("has no layers that can be read", supported: "one or more")
    }
    if !first.isInput {
      layers.insert(try LayerEntry(inputOf: first, model: config), at: 0)
    }
    for i in layers.indices.dropFirst() {
      layers[i].calls = [[reference(to: layers[i - 1], config)]]
    }
    inputs = [reference(to: layers[0], config)]
    outputs = [reference(to: layers[layers.count - 1], config)]
  }

  private func reference(to layer: LayerEntry, _ node: JSONNode) -> TensorReference {
    TensorReference(layer: layer.name, call: layer.firstCall, output: 0, node: node)
  }
}

extension LayerEntry {
  /// The input layer that a Sequential without one has: its shape stands at the first layer, or at the model once it is
  /// built.
  fileprivate init(inputOf first: LayerEntry, model: JSONNode) throws {
    let atLayer = try first.config.isObject ? first.config.memberIfPresent("batch_input_shape") : nil
    let atModel = try model.isObject ? model.memberIfPresent("build_input_shape") : nil
    var shape = JSONValue.null
    if let atLayer, !atLayer.isNull { shape = atLayer.value } else if let atModel { shape = atModel.value }
    if shape == .null, first.isModel {
      // A model in front brings its own input layer; what it says holds here too.
      let inner = first.config.value["layers"] ?? first.config.value
      if case .array(let layers) = inner, let front = layers.first {
        shape = front["config"]?["batch_input_shape"] ?? front["config"]?["batch_shape"] ?? .null
      }
    }
    try model.require(
      shape != .null, "does not say the shape of the model's input",
      fix: "give the first layer input_shape=, or call model.build, and save again")
    name = "\(first.name)_input"
    className = "InputLayer"
    config = JSONNode(
      .object([JSONMember(key: "batch_input_shape", value: shape)]), path: first.config.path,
      at: .init(file: model.location.file, layer: first.name))
    calls = [[]]
  }
}

extension JSONValue {
  /// With every object that layers share as Keras has it. It stands in each of their configurations, under one number;
  /// Keras makes it of the first, whatever the others say. NumPy's numbers, which Keras 2.12 writes as objects, are numbers.
  var resolvingSharedObjects: JSONValue {
    var shared: [JSONValue: JSONValue] = [:]
    return resolved(&shared)
  }

  private func resolved(_ shared: inout [JSONValue: JSONValue]) -> JSONValue {
    switch self {
    case .null, .bool, .int, .double, .string: return self
    case .array(let elements): return .array(elements.map { $0.resolved(&shared) })
    case .object(let members):
      if self["class_name"] == "__numpy__", let value = self["config"]?["value"] { return value }
      // Those that stand in a layer's configuration as they were in memory; what a layer's constructor reads itself is its own.
      let number = self["__passive_serialization__"] == nil ? nil : self["shared_object_id"]
      if let number, let object = shared[number] { return object }
      let object = JSONValue.object(members.map { JSONMember(key: $0.key, value: $0.value.resolved(&shared)) })
      if let number, number != .null { shared[number] = object }
      return object
    }
  }
}

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

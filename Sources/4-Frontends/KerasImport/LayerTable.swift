import Diagnostics
import JSON
import QIR

/// A class of Keras layers, or several that are read alike, and how.
package struct LayerRow: Sendable {
  /// The class names under which model files know it.
  package let classes: [String]
  /// What of it is supported, for the documentation.
  package let notes: String
  private let keys: [String: LayerKeys]
  private let read: @Sendable (inout LayerReader) throws -> NodeID

  /// - Parameter classes: what each class may say besides what every layer does.
  init(
    _ classes: KeyValuePairs<String, LayerKeys>, notes: String = "",
    read: @escaping @Sendable (inout LayerReader) throws -> NodeID
  ) {
    self.classes = classes.map(\.key)
    self.keys = Dictionary(
      classes.map { ($0.key, .every + $0.value) }, uniquingKeysWith: { first, _ in first })
    self.notes = notes
    self.read = read
  }

  /// What a configuration of the class may say.
  func keys(of className: String) -> LayerKeys { keys[className] ?? .every }

  /// Appends the layer's nodes. What its configuration says beyond the class' keys, and weights that it does not use, are
  /// problems: Keras, too, loads neither.
  func append(_ layer: inout LayerReader) throws -> NodeID {
    let keys = keys(of: layer.className)
    layer.problems.report(contentsOf: keys.problems(of: layer.config))
    let id = try read(&layer)
    layer.problems.report(contentsOf: layer.weights.unused(besides: keys.trainingVariables))
    return id
  }
}

/// Every class of layers that can be read: a new one is a row here and a reader under `Layers/`.
package enum LayerTable {
  package static let rows: [LayerRow] =
    ConvolutionLayers.rows + SequenceLayers.rows + SeparableLayers.rows + FoldedLayers.rows + DenseLayers.rows
    + NormalizationLayers.rows + ActivationLayers.rows + PoolingLayers.rows + ShapeLayers.rows

  static let byClass: [String: LayerRow] = Dictionary(
    rows.flatMap { row in row.classes.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })

  /// Classes that hold layers of their own.
  static let models: Set<String> = ["Functional", "Model", "Sequential"]

  /// Sorted.
  package static var classes: [String] { byClass.keys.sorted() }
}

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

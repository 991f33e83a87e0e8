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
    ConvolutionLayers.rows + SequenceLayers.rows + SeparableLayers.rows + TransposedLayers.rows + FoldedLayers.rows
    + DenseLayers.rows + NormalizationLayers.rows + ScalingLayers.rows + ActivationLayers.rows + PoolingLayers.rows
    + MergeLayers.rows + ShapeLayers.rows + MoveLayers.rows

  static let byClass: [String: LayerRow] = Dictionary(
    rows.flatMap { row in row.classes.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })

  /// Sorted; what is in them is read.
  package static var wrappers: [String] { LayerWrapper.allCases.map(\.rawValue).sorted() }

  /// Classes that hold layers of their own.
  static let models: Set<String> = ["Functional", "Model", "Sequential"]

  /// Sorted.
  package static var classes: [String] { byClass.keys.sorted() }
}

/// A layer in a model's configuration and where it is called.
struct LayerEntry {
  let name: String
  var className: String
  var config: JSONNode
  /// What stands around it.
  private(set) var wrapper: LayerWrapper?
  /// The inputs of each call.
  var calls: [[TensorReference]]

  var isInput: Bool { className == "InputLayer" }
  var isModel: Bool { LayerTable.models.contains(className) }

  /// A nested model that knows its inputs already has one call, which is not in the file: the one that built it.
  var firstCall: Int {
    guard isModel, !hasKeras3Calls else { return 0 }
    guard className == "Sequential" else { return 1 }
    let layers = config.value["layers"] ?? config.value
    guard case .array(let entries) = layers, let first = entries.first else { return 0 }
    return first["class_name"] == .string("InputLayer") ? 1 : 0
  }

  /// Whether its calls are written as Keras 3 does it, which counts from 0 the calls of models, too.
  private(set) var hasKeras3Calls = false

  /// A class without the package that its framework registers it for.
  static func className(_ text: String) -> String {
    let package = "qkeras>"
    return text.hasPrefix(package) ? String(text.dropFirst(package.count)) : text
  }

  /// - Parameter node: `{"class_name": …, "config": …, "name": …, "inbound_nodes": …}`, its location the file.
  init(_ node: JSONNode, prefix: String) throws {
    var node = node
    className = Self.className(try node.string("class_name"))
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
    if let operation = try TensorOperation(node, className: className, config: config) {
      (className, self.config) = try operation.layer(config)
      calls = [operation.tensors]
      return
    }
    try unwrap()
    // A layer that is not known takes what it likes: there is one problem of it, and that is another one.
    let isKnown = isInput || isModel || LayerTable.byClass[className] != nil
    let callNodes = try node.arrayIfPresent("inbound_nodes") ?? []
    hasKeras3Calls = callNodes.contains(where: \.isObject)
    calls = try callNodes.map { try TensorReference.all(in: $0, checkingArguments: isKnown) }
    if isInput { calls = [[]] }
  }

  /// Takes the layer in a wrapper for the layer, under the wrapper's name.
  private mutating func unwrap() throws {
    guard let wrapper = LayerWrapper(rawValue: className) else { return }
    let layer = try wrapper.layer(config)
    self.wrapper = wrapper
    className = Self.className(try layer.string("class_name"))
    try layer.require(
      LayerTable.byClass[className] != nil, "is a '\(className)' in a \(wrapper.rawValue)",
      supported: "layers that the README lists")
    let shape = config.value["batch_input_shape"]
    config = try layer.member("config")
    // The wrapper says the shape of a model's input where it is the first layer.
    if let shape, config.value["batch_input_shape"] == nil { config = config.adding("batch_input_shape", shape) }
  }
}

extension JSONNode {
  var isObject: Bool {
    if case .object = value { true } else { false }
  }
}

/// What the configuration of a class of layers may say, in every version that is read (Keras 2.2.4 to 2.15 and 3; QKeras 0.7 to
/// 0.9.0, its git master, the fork of fastmachinelearning, and qkeras-v3). Every other key is an error: what it means is not known.
struct LayerKeys: Sendable {
  /// What the class' reader asks for.
  private(set) var read: Set<String> = []
  /// What changes nothing at inference: names, first values of variables, what only training uses.
  private(set) var harmless: Set<String> = []
  /// Variables that training counts in and inference does not use.
  private(set) var trainingVariables: Set<String> = []
  /// The variables of a layer in Keras' order, those that are trained first, by the object in the layer that has them: "" is
  /// the layer itself.
  private(set) var variables: [String: [String]] = [:]

  /// What every layer has. `dtype` is read for all of them, the shape where a Sequential model has no input layer.
  static let every = LayerKeys(read: ["name", "dtype", "batch_input_shape"], harmless: ["trainable", "dynamic"])

  /// What Keras 3 says of layers that it quantized or put matrices beside, and null of others.
  private static let alterations: Set = ["quantization_config", "lora_rank"]

  static func read(_ keys: String...) -> LayerKeys { LayerKeys(read: Set(keys)) }

  static func harmless(_ keys: String...) -> LayerKeys { LayerKeys(harmless: Set(keys)) }

  static func trainingVariables(_ names: String...) -> LayerKeys { LayerKeys(trainingVariables: Set(names)) }

  static func variables(_ names: String..., of part: String = "") -> LayerKeys { LayerKeys(variables: [part: names]) }

  /// Those that a layer of that configuration has.
  func variables(of part: String, _ config: JSONValue?) -> [String] {
    let flags = ["bias": "use_bias", "gamma": "scale", "beta": "center"]
    return (variables[part] ?? []).filter { name in
      flags[name].map { ![.bool(false), .int(0)].contains(config?[$0]) } ?? true
    }
  }

  /// How variables begin and how training holds them.
  static func trained(_ variables: String...) -> LayerKeys {
    LayerKeys(
      harmless: Set(variables.flatMap { name in ["initializer", "regularizer", "constraint"].map { "\(name)_\($0)" } }))
  }

  /// QKeras' quantizers of variables, and the ranges that its older versions had beside them.
  static func quantized(_ variables: String...) -> LayerKeys {
    LayerKeys(read: Set(variables.map { "\($0)_quantizer" }), harmless: Set(variables.map { "\($0)_range" }))
  }

  /// A window of that size over rows and columns, or over steps.
  static func window(_ size: String) -> LayerKeys { read(size, "strides", "padding", "data_format") }

  static let bias = read("use_bias") + trained("bias") + harmless("activity_regularizer")

  /// Without the kernel, which is named otherwise where it is depthwise. Keras leaves `groups` and the initializers of
  /// the class above in the configurations of classes that have neither.
  static let convolution =
    window("kernel_size") + read("dilation_rate", "activation") + bias + trained("kernel") + harmless("groups")

  static let normalization =
    read("axis", "epsilon", "center", "scale") + trained("gamma", "beta")
    + harmless(
      "momentum", "moving_mean_initializer", "moving_variance_initializer", "synchronized", "renorm", "renorm_clipping",
      "renorm_momentum", "virtual_batch_size")
    + trainingVariables("renorm_mean", "renorm_stddev")

  /// Those of a batch normalization, or of one in a layer.
  static func statistics(of part: String = "") -> LayerKeys {
    LayerKeys(variables: [part: ["gamma", "beta", "moving_mean", "moving_variance"]])
  }

  static func + (one: LayerKeys, other: LayerKeys) -> LayerKeys {
    LayerKeys(
      read: one.read.union(other.read), harmless: one.harmless.union(other.harmless).subtracting(other.read),
      trainingVariables: one.trainingVariables.union(other.trainingVariables),
      variables: one.variables.merging(other.variables) { $0 + $1 })
  }

  /// One problem for each key of a configuration that is not among these.
  func problems(of config: JSONNode) -> Diagnostics {
    guard case .object(let members) = config.value else { return Diagnostics() }
    let known = read.union(harmless)
    return Diagnostics(
      members.filter { !known.contains($0.key) && !(Self.alterations.contains($0.key) && $0.value == .null) }.map {
        member in
        if Self.alterations.contains(member.key) {
          return Diagnostic(
            "the configuration says '\(member.key)', with which the layer computes with other weights",
            at: config.location, supported: "null", fix: "save the model as it was before model.quantize or enable_lora"
          )
        }
        // Keys that share half of their letters may be one misspelled.
        let similar = known.sorted().map { (key: $0, distance: member.key.distance(to: $0)) }
          .filter { 2 * $0.distance < member.key.utf8.count }
        let correction = similar.min { $0.distance < $1.distance }.map { ", or correct it where '\($0.key)' is meant" }
        return Diagnostic(
          "the configuration says '\(member.key)', a key that no version of this class has", at: config.location,
          supported: read.sorted().joined(separator: ", "),
          fix: "leave it out\(correction ?? "")")
      })
  }
}

extension String {
  /// How many letters are to be changed, put in or left out to get the other one (Levenshtein's distance); of the first
  /// 64, which tell any two keys apart.
  fileprivate func distance(to other: String) -> Int {
    let (own, others) = (Array(utf8.prefix(64)), Array(other.utf8.prefix(64)))
    var row = Array(0...others.count)
    for (i, letter) in own.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, wanted) in others.enumerated() {
        let change = diagonal + (letter == wanted ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = Swift.min(change, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[others.count]
  }
}

import Diagnostics
import JSON

/// One call of one layer, by their indices.
struct LayerCall: Hashable {
  let layer: Int
  let call: Int
}

/// The calls of a model in an order in which every call stands behind those whose results it takes.
struct CallOrder {
  private(set) var calls: [LayerCall] = []
  private let model: ModelConfig
  private let indices: [String: Int]

  init(_ model: ModelConfig, problems: inout Diagnostics, at location: Diagnostic.Location) {
    self.model = model
    var indices: [String: Int] = [:]
    for (index, layer) in model.layers.enumerated() where indices.updateValue(index, forKey: layer.name) != nil {
      problems.report("two layers are named '\(layer.name)'", at: layer.config.location)
    }
    self.indices = indices
    sort(&problems, at: location)
  }

  /// The call that a reference means; nil where there is none.
  func target(of reference: TensorReference) -> LayerCall? {
    guard let layer = indices[reference.layer] else { return nil }
    let call = reference.call - model.layers[layer].firstCall
    return model.layers[layer].calls.indices.contains(call) ? LayerCall(layer: layer, call: call) : nil
  }

  /// The problem of a reference without target; nil where it is known already.
  func problem(of reference: TensorReference, at location: Diagnostic.Location) -> Diagnostic? {
    if model.leftOut.contains(reference.layer) { return nil }
    guard let layer = indices[reference.layer] else {
      return Diagnostic("takes the output of layer '\(reference.layer)', which the model does not have", at: location)
    }
    return Diagnostic(
      "takes the output of call \(reference.call) of layer '\(reference.layer)'", at: location,
      supported: "one of its \(model.layers[layer].calls.count) calls")
  }

  /// Depth first, without recursion: a file decides how deep it goes.
  private mutating func sort(_ problems: inout Diagnostics, at location: Diagnostic.Location) {
    enum State { case open, done }
    var states: [LayerCall: State] = [:]
    var starts = model.inputs.compactMap(target(of:))
    for (index, layer) in model.layers.enumerated() {
      starts += layer.calls.indices.map { LayerCall(layer: index, call: $0) }
    }
    var path: [(call: LayerCall, sources: [LayerCall])] = []
    for start in starts where states[start] == nil {
      states[start] = .open
      path.append((start, sources(of: start, &problems)))
      while let top = path.last {
        guard let next = top.sources.last else {
          states[top.call] = .done
          calls.append(top.call)
          path.removeLast()
          continue
        }
        path[path.count - 1].sources.removeLast()
        switch states[next] {
        case .done: continue
        case .open:
          let circle = path.drop { $0.call != next }.map { "'\(model.layers[$0.call.layer].name)'" }
          problems.report(
            "layers feed each other in a circle: "
              + (circle.prefix(20) + [circle[circle.startIndex]]).joined(separator: " <- "),
            at: model.layers[next.layer].config.location, supported: "networks without feedback")
        case nil:
          states[next] = .open
          path.append((next, sources(of: next, &problems)))
        }
      }
    }
  }

  /// In reverse: they are taken from the end.
  private func sources(of call: LayerCall, _ problems: inout Diagnostics) -> [LayerCall] {
    let layer = model.layers[call.layer]
    return layer.calls[call.call].reversed().compactMap { reference in
      if let target = target(of: reference) { return target }
      if let problem = problem(of: reference, at: layer.config.location) { problems.report(problem) }
      return nil
    }
  }
}

/// A layer's output as Keras refers to it: `["conv", 0, 0, {}]`.
struct TensorReference {
  let layer: String
  /// Which call of the layer, in Keras' counting.
  let call: Int
  /// Which of its outputs.
  let output: Int
  /// For messages.
  let node: JSONNode

  /// A model's inputs or outputs: also a dictionary of them, whose order is that of its keys (`tf.nest`).
  static func ofModel(_ node: JSONNode) throws -> [TensorReference] {
    guard case .object(let members) = node.value else { return try all(in: node) }
    let keys = members.map(\.key).sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    return try keys.flatMap { try all(in: node.member($0)) }
  }

  var ofPreviousCall: TensorReference {
    TensorReference(layer: layer, call: call - 1, output: output, node: node)
  }

  /// All references in a node, however deep in lists: [["a", 0, 0, {}], ["b", 0, 0, {}]], or one alone.
  static func all(in node: JSONNode, checkingArguments: Bool = true) throws -> [TensorReference] {
    if node.isObject, try node.memberIfPresent("args") != nil {
      return try ofCall(node, checkingArguments: checkingArguments)
    }
    guard case .array = node.value else {
      throw node.problem(
        "is \(node.value.typeDescription)", supported: "[layer, call, output, arguments] or a list of such",
        fix: "call the layer on one tensor, or on a list of tensors, by position")
    }
    let elements = try node.array()
    guard let first = elements.first, case .string(let layer) = first.value else {
      return try elements.flatMap { try all(in: $0, checkingArguments: checkingArguments) }
    }
    try node.require(
      (3...4).contains(elements.count), "has \(elements.count) elements", supported: "[layer, call, output, arguments]")
    try node.require(layer != "_CONSTANT_VALUE", "is a constant", supported: "tensors that layers make")
    if elements.count == 4, checkingArguments { try checkArguments(elements[3]) }
    return [try TensorReference(elements, node)]
  }

  /// A call as Keras 3 writes it: `{"args": […], "kwargs": {…}}`, each tensor an object that says its history.
  private static func ofCall(_ call: JSONNode, checkingArguments: Bool) throws -> [TensorReference] {
    if checkingArguments, let arguments = try call.memberIfPresent("kwargs") { try checkArguments(arguments) }
    func tensors(_ node: JSONNode) throws -> [TensorReference] {
      if case .array = node.value { return try node.array().flatMap(tensors) }
      guard node.value["class_name"] == "__keras_tensor__" else {
        guard checkingArguments else { return [] }
        throw node.problem(
          "is \(node.value.typeDescription) as an argument of a call", supported: "tensors",
          fix: "call the layer on one tensor, or on a list of tensors, by position")
      }
      return try all(in: node.member("config").member("keras_history"))
    }
    return try call.array("args").flatMap(tensors)
  }

  /// Arguments of a call beside its tensors: only those that say nothing at inference.
  private static func checkArguments(_ arguments: JSONNode) throws {
    if arguments.isNull { return }
    for argument in try arguments.object() {
      switch (argument.key, argument.value) {
      case (_, .null), ("training", .bool(false)), ("training", .int(0)): continue
      case ("mask", .array(let masks)) where masks.allSatisfy { $0 == .null }: continue
      case ("training", _):
        throw arguments.problem(
          "calls the layer with training=True", supported: "layers as at inference",
          fix: "call the layer without training=")
      default:
        throw arguments.problem(
          "passes the argument '\(argument.key)'", supported: "tensors only",
          fix: "call the layer on one tensor, or on a list of tensors, by position")
      }
    }
  }
}

extension TensorReference {
  /// - Parameter parts: `["conv", 0, 0]`, with arguments behind them perhaps.
  init(_ parts: [JSONNode], _ node: JSONNode) throws {
    self.init(
      layer: try parts[0].string(), call: try parts[1].int(in: 0...(1 << 30)),
      output: try parts[2].int(in: 0...(1 << 30)), node: node)
  }
}

import Diagnostics
import JSON
import QIR

/// Turns a model's configuration into a graph; models within are inlined, their nodes named `outer/inner`.
struct ModelReader: ProblemCollector {
  /// More calls of layers than any network has: a few nested models that call each other twice make billions.
  static let callLimit = 20_000

  private let weights: any KerasWeights
  private let keras: ActivationLibrary
  /// Whether what has no operator becomes a tensor of its shape instead of a problem.
  private let isOutline: Bool
  private(set) var graph: Graph
  private(set) var layers: [Layer] = []
  var problems = Diagnostics()
  var location: Diagnostic.Location { .init(file: graph.file) }
  private var calls = 0
  /// Layers of the outermost model whose weights were asked for.
  private var layersWithWeights: Set<String> = []

  init(name: String, file: String?, weights: any KerasWeights, keras: ActivationLibrary, isOutline: Bool) {
    self.weights = weights
    self.keras = keras
    self.isOutline = isOutline
    graph = Graph(name: name, file: file, conventions: .keras)
  }

  /// Reads the whole model.
  /// - Parameter node: `{"class_name": "Functional", "config": {…}}`
  mutating func read(_ node: JSONNode) {
    let outputs = check { reader in
      try reader.read(
        className: node.string("class_name"), config: node.member("config"), as: Place(), inputs: nil)
    }
    graph.outputs = outputs?.compactMap { $0 } ?? []
    if !problems.hasErrors { check { try $0.checkLayersWithWeights() } }
  }

  /// Keras gives a model the weights of all layers of a file, in their order, or none.
  private mutating func checkLayersWithWeights() throws {
    let surplus = try weights.layerNames.filter { name in
      try !layersWithWeights.contains(name) && weights.tensors(ofLayer: name)?.isEmpty == false
    }
    guard !surplus.isEmpty else { return }
    problems.report(
      "the file has weights of layers that the model does not have: "
        + surplus.quotedList, at: .init(file: graph.file), fix: "save model and weights together, with model.save")
  }

  /// Where a model stands in the outermost one.
  private struct Place {
    /// In front of the names of nodes.
    var prefix = ""
    /// In front of the names of layers in messages; the same for every call.
    var layerPrefix = ""
    /// The layer of the outermost model that holds it, under whose name its weights are stored.
    var outermost: String?
  }

  /// - Parameter inputs: nil for the outermost model; elements are nil where a layer above could not be read.
  /// - Returns: the model's outputs, nil where they could not be read.
  private mutating func read(
    className: String, config: JSONNode, as place: Place, inputs: [NodeID?]?
  ) throws -> [NodeID?] {
    try require(
      LayerTable.models.contains(className), "the model is of class '\(className)'", at: config.location,
      supported: LayerTable.models.sorted().joined(separator: ", "), fix: "save a Functional or Sequential model")
    let model = try ModelConfig(className: className, config: config, prefix: place.layerPrefix, problems: &problems)
    let order = CallOrder(model, problems: &problems, at: config.location)
    if let inputs, inputs.count != model.inputs.count {
      throw Diagnostic(
        "the model '\(model.name)' is called on \(inputs.count) tensors", at: config.location,
        supported: "\(model.inputs.count), as many as it has inputs")
    }
    var results: [LayerCall: [NodeID?]] = [:]
    for (index, reference) in model.inputs.enumerated() {
      guard let target = order.target(of: reference) else {
        if let problem = order.problem(of: reference, at: config.location) { problems.report(problem) }
        continue
      }
      if let inputs { results[target] = [inputs[index]] }
    }
    for call in order.calls where results[call] == nil {
      results[call] = read(call, of: model, order, results, place, isOutermost: inputs == nil)
    }
    return model.outputs.map { reference in
      guard let target = order.target(of: reference) else {
        if let problem = order.problem(of: reference, at: config.location) { problems.report(problem) }
        return nil
      }
      return output(reference, results[target], at: config.location)
    }
  }

  private mutating func output(
    _ reference: TensorReference, _ outputs: [NodeID?]?, at location: Diagnostic.Location
  ) -> NodeID? {
    guard let outputs else { return nil }
    guard outputs.indices.contains(reference.output) else {
      if !outputs.isEmpty {
        problems.report(
          "takes output \(reference.output) of layer '\(reference.layer)'", at: location,
          supported: "0 to \(outputs.count - 1)")
      }
      return nil
    }
    return outputs[reference.output]
  }

  /// The outputs of one call; empty where it could not be read.
  private mutating func read(
    _ call: LayerCall, of model: ModelConfig, _ order: CallOrder, _ results: [LayerCall: [NodeID?]], _ place: Place,
    isOutermost: Bool
  ) -> [NodeID?] {
    let layer = model.layers[call.layer]
    let name = place.prefix + layer.name + (call.call == 0 ? "" : ":\(call.call)")
    let inputs = layer.calls[call.call].map { reference in
      order.target(of: reference).flatMap { output(reference, results[$0], at: layer.config.location) }
    }
    calls += 1
    if calls == Self.callLimit {
      problems.report("layers are called more than \(Self.callLimit) times", at: .init(file: graph.file))
    }
    guard calls < Self.callLimit else { return [] }
    if layer.isInput {
      guard isOutermost else {
        problems.report("an input that the model does not list", at: layer.config.location)
        return []
      }
      return check { [try $0.graph.append(InputLayer.read(layer.config), named: name)] } ?? []
    }
    if layer.isModel { return inline(layer, named: name, inputs: inputs, place) }
    return [read(layer, named: name, inputs: inputs, place)]
  }

  private mutating func inline(
    _ layer: LayerEntry, named name: String, inputs: [NodeID?], _ place: Place
  ) -> [NodeID?] {
    let inner = Place(
      prefix: name + "/", layerPrefix: place.layerPrefix + layer.name + "/", outermost: place.outermost ?? layer.name)
    let outputs = check {
      try $0.read(className: layer.className, config: layer.config, as: inner, inputs: inputs)
    }
    guard let outputs else { return [] }
    guard outputs.count == 1, let output = outputs[0] else { return outputs }
    // So that a node has the model's name.
    return [check { try $0.graph.append(IdentityOp(), named: name, inputs: [output]) }]
  }

  private mutating func read(
    _ layer: LayerEntry, named name: String, inputs: [NodeID?], _ place: Place
  ) -> NodeID? {
    let row = LayerTable.byClass[layer.className]
    if row == nil, !isOutline {
      problems.report(UnknownLayer.problem(layer))
      return nil
    }
    let outermost = place.outermost ?? layer.name
    layersWithWeights.insert(outermost)
    let tensors = check { reader in
      try PolicyCheck.check(layer.config)
      try layer.config.requireInputShape()
      let stored = try reader.weights.tensors(ofLayer: outermost) ?? []
      return LayerWeights(
        try layer.wrapper?.unwrapped(stored, at: layer.config.location) ?? stored,
        ofInnerLayer: place.outermost == nil ? nil : layer.name, at: layer.config.location)
    }
    guard let tensors else { return nil }
    let known = inputs.compactMap { $0 }
    var reader = LayerReader(
      className: layer.className, keras: keras, config: layer.config, name: name, weights: tensors,
      inputs: known.count == inputs.count ? known : nil, graph: graph, isOutline: isOutline)
    let first = graph.nodes.count
    // One owner, so that appending does not copy; two where what cannot be read gets a stand-in.
    if !isOutline { graph = Graph(name: graph.name) }
    let result =
      isOutline
      ? reader.readShape(row, layer) : row.flatMap { row in reader.check { try row.append(&$0) } }
    if result != nil { layers.append(reader.layer(from: first)) }
    graph = reader.graph
    problems.report(contentsOf: reader.problems)
    return result
  }
}

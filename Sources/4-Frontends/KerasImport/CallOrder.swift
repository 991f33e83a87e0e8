import Diagnostics

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

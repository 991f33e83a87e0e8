import Diagnostics
import QIR

extension QStatsReport {
  /// Counts operations, weights and zeros as QKeras' `print_qstats` does (`extract_model_operations` in its estimate.py and
  /// `get_model_sparsity` in its utils.py), for the layers that have quantizers.
  ///
  /// QKeras counts as if every input channel met every output channel in depthwise and grouped kernels, and a separable
  /// convolution as one operation per output and tap; the report has what the network really takes beside it.
  /// - Parameter isCompatible: whether the zeros of layers with batch normalization folded into them are counted before they
  ///   are quantized, as QKeras does, instead of behind.
  package init(_ model: Model, isCompatible: Bool = false) {
    let graph = model.graph
    let provenance = model.provenance
    let types = OperandTypes(model)
    var operations: [QStatsReport.Operation] = []
    var weights: [QStatsReport.Weights] = []
    var sparsity: [QStatsReport.Sparsity] = []
    var unquantized: [QStatsReport.Unquantized] = []
    var seen: Set<String> = []
    let unmodelled = Self.nodesOfUnmodelledWeights(model)
    for id in graph.ids {
      let node = graph[id]
      let layer = LinearCall(id, in: model)
      let name = provenance.layerName(of: node)
      let isUnquantized = unmodelled.contains(id) || node.op.isUnquantized(in: provenance.className(of: node))
      if let layer { operations.append(layer.operation(input: types[layer.input])) }
      // A layer that is called twice has its weights once.
      let isFirst = !seen.contains(name)
      if let layer, isFirst {
        weights.append(layer.weights)
        sparsity.append(layer.sparsity(beforeQuantization: isCompatible))
        if isCompatible, layer.isFolded { unquantized.append(.init(layer: layer.name, reason: .folded)) }
      } else if layer == nil, isFirst, isUnquantized {
        unquantized.append(.init(layer: name, reason: .noQuantizers))
      }
      if layer != nil || isUnquantized { seen.insert(name) }
    }
    self.init(operations: operations, weights: weights, sparsity: sparsity, unquantized: unquantized)
  }
}

extension QStatsReport {
  /// Layers of Keras that have weights and no operator here.
  private static func nodesOfUnmodelledWeights(_ model: Model) -> Set<NodeID> {
    Set(
      model.provenance.layers.filter { layer in
        guard model.graph[layer.output].op is InputOp else { return false }
        return !layer.weights.isEmpty && !layer.className.hasPrefix("Q")
      }.map(\.output))
  }
}

extension QStatsReport {
  /// Where QKeras counts otherwise than there is, one note per kind.
  package var remarks: [Diagnostic] {
    let operations = operations.filter { $0.count != $0.macs }.map { "\($0.layer) \($0.count) for \($0.macs)" }
    let weights = weights.flatMap { layer in
      layer.kernels.filter { $0.count != $0.stored }.map { "\(layer.layer) \($0.count) for \($0.stored)" }
    }
    return [("operations", operations), ("weights", weights)].compactMap { what, layers in
      guard !layers.isEmpty else { return nil }
      let shown = layers.prefix(4).joined(separator: ", ") + (layers.count > 4 ? ", …" : "")
      return Diagnostic(
        "QKeras counts other \(what) than there are in depthwise, grouped and separable layers: \(shown)",
        severity: .note)
    }
  }
}

extension Operator {
  /// Whether a layer of that class has weights and no quantizers for them.
  fileprivate func isUnquantized(in layerClass: String?) -> Bool {
    self is BatchNormalizationOp
      ? layerClass != "QBatchNormalization"
      : self is any LinearOperator && !(layerClass?.hasPrefix("Q") ?? false)
  }
}

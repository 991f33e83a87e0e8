import Diagnostics
import Presentation
import QIR

/// What `qcc summary --qstats` says: the figures of QKeras' `print_qstats`. Its JSON keys are a promise to other programs.
package struct QStatsReport: Report, Codable, Hashable, Sendable {
  /// The multiplications of one call of a layer.
  package struct Operation: Codable, Hashable, Sendable {
    package var layer: String
    /// As QKeras counts them.
    package var count: Int
    /// Sign, kind, weight bits and activation bits, as `smult_4_8`.
    package var type: String
    /// Products of a weight and an input that the network takes.
    package var macs: Int

    package init(layer: String, count: Int, type: String, macs: Int) {
      self.layer = layer
      self.count = count
      self.type = type
      self.macs = macs
    }
  }

  /// All operations of one type.
  package struct OperationType: Codable, Hashable, Sendable {
    package var type: String
    package var count: Int
  }

  /// The weights of a layer: a kernel, or of a separable convolution two; and the bias.
  package struct Weights: Codable, Hashable, Sendable {
    package struct Tensor: Codable, Hashable, Sendable {
      /// As QKeras counts them.
      package var count: Int
      package var bits: Int
      /// How many the layer has.
      package var stored: Int

      package init(count: Int, bits: Int, stored: Int) {
        self.count = count
        self.bits = bits
        self.stored = stored
      }
    }

    package var layer: String
    package var kernels: [Tensor]
    package var bias: Tensor
  }

  /// Zeros among a layer's quantized kernels and biases.
  package struct Sparsity: Codable, Hashable, Sendable {
    package var layer: String
    package var elements: Int
    package var zeros: Int
    /// Zeros of all, 0 to 1.
    package var sparsity: Double

    package init(layer: String, elements: Int, zeros: Int) {
      self.layer = layer
      self.elements = elements
      self.zeros = zeros
      sparsity = elements > 0 ? Double(zeros) / Double(elements) : 0
    }
  }

  /// A layer whose numbers stay as they are.
  package struct Unquantized: Codable, Hashable, Sendable {
    package enum Reason: String, Codable, Sendable {
      /// It has no quantizers.
      case noQuantizers
      /// QKeras counts its zeros before they are quantized: batch normalization is folded into them.
      case folded
    }

    package var layer: String
    package var reason: Reason
  }

  /// By name.
  package var operations: [Operation]
  /// By name.
  package var operationTypes: [OperationType]
  /// By name.
  package var weights: [Weights]
  /// In the model's order.
  package var sparsity: [Sparsity]
  package var totalSparsity: Double
  /// In the model's order.
  package var unquantized: [Unquantized]

  /// Operations and weights in any order, the others in the model's.
  package init(
    operations: [Operation], weights: [Weights], sparsity: [Sparsity], unquantized: [Unquantized]
  ) {
    self.operations = operations.sortedByName(\.layer)
    let counts = Dictionary(operations.map { ($0.type, $0.count) }, uniquingKeysWith: +)
    operationTypes = counts.map { OperationType(type: $0.key, count: $0.value) }.filter { $0.count > 0 }
      .sortedByName(\.type)
    self.weights = weights.sortedByName(\.layer)
    self.sparsity = sparsity
    totalSparsity =
      Sparsity(
        layer: "", elements: sparsity.reduce(0) { $0 + $1.elements }, zeros: sparsity.reduce(0) { $0 + $1.zeros }
      ).sparsity
    self.unquantized = unquantized
  }

  /// Line for line what `print_qstats` of QKeras 0.9.0 prints, so that the two can be compared with `diff`.
  package func text(_ style: TextStyle) -> String {
    var lines = ["", style.bold("Number of operations in model:")]
    lines += operations.map { "    \(padded($0.layer, 30)): \(padded("\($0.count)", 5)) (\($0.type.printable))" }
    lines += ["", style.bold("Number of operation types in model:")]
    lines += operationTypes.map { "    \(padded($0.type, 30)): \($0.count)" }
    lines += ["", style.bold("Weight profiling:")]
    for weights in weights {
      let isOne = weights.kernels.count == 1
      for (index, kernel) in weights.kernels.enumerated() {
        lines.append(line("\(weights.layer)_weights\(isOne ? "" : "_\(index)")", kernel))
      }
      lines.append(line("\(weights.layer)_bias", weights.bias))
    }
    lines += ["", style.bold("Weight sparsity:"), "... quantizing model"]
    lines += unquantized.map(remark)
    lines += sparsity.map { "    \(padded($0.layer, 30)) : \(fixed($0.sparsity, decimals: 4))" }
    lines.append("    " + String(repeating: "-", count: 40))
    lines.append("    \(padded("Total Sparsity", 30)) : \(fixed(totalSparsity, decimals: 4))")
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ name: String, _ tensor: Weights.Tensor) -> String {
    "    \(padded(name, 30)) : \(padded("\(tensor.count)", 5)) (\(tensor.bits)-bit unit)"
  }

  private func remark(_ layer: Unquantized) -> String {
    switch layer.reason {
    case .noQuantizers: "  \(layer.layer.printable) has not been quantized"
    case .folded:
      "\(layer.layer.printable)  conv and batchnorm weights cannot be seperately quantized because they will be folded before "
        + "quantization."
    }
  }

  /// One line per call of a layer.
  package func csv() -> String {
    var table = Table(columns: ["layer", "operations", "type", "macs"].map { Table.Column($0) })
    for operation in operations {
      table.append([
        .text(operation.layer), .integer(operation.count), .text(operation.type), .integer(operation.macs),
      ])
    }
    return table.csv()
  }

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

  /// Layers of Keras that have weights and no operator here.
  private static func nodesOfUnmodelledWeights(_ model: Model) -> Set<NodeID> {
    Set(
      model.provenance.layers.filter { layer in
        guard model.graph[layer.output].op is InputOp else { return false }
        return !layer.weights.isEmpty && !layer.className.hasPrefix("Q")
      }.map(\.output))
  }

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

extension Array {
  /// By code points, as Python sorts; those of one name stay in their order.
  fileprivate func sortedByName(_ name: KeyPath<Element, String>) -> [Element] {
    enumerated().sorted { left, right in
      let (a, b) = (left.element[keyPath: name].unicodeScalars, right.element[keyPath: name].unicodeScalars)
      return a.elementsEqual(b) ? left.offset < right.offset : a.lexicographicallyPrecedes(b)
    }.map(\.element)
  }
}

/// As wide as `width` code points at least.
private func padded(_ text: String, _ width: Int) -> String {
  let text = text.printable
  return text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
}

extension Operator {
  /// Whether a layer of that class has weights and no quantizers for them.
  fileprivate func isUnquantized(in layerClass: String?) -> Bool {
    switch self {
    case is BatchNormalizationOp: layerClass != "QBatchNormalization"
    case is PReLUOp: true
    default: self is any LinearOperator && !(layerClass?.hasPrefix("Q") ?? false)
    }
  }
}

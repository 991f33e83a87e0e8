import QIR
import Quantization

/// One call of a layer that multiplies its input with quantized weights: one node, or the two of a separable convolution.
struct LinearCall {
  let name: String
  /// What it multiplies.
  let input: NodeID
  let isFolded: Bool
  private let kernels: [Parameter]
  private let bias: Parameter?
  /// Of the layer, by the keys of its configuration.
  private let quantizers: [String: Quantizer]
  /// As QKeras counts operations, and weights per kernel.
  private let counts: (operations: Int, weights: [Int])
  private let macs: Int

  /// Nil where `id` is no last linear node of such a layer.
  init?(_ id: NodeID, in model: Model) {
    let graph = model.graph
    let node = graph[id]
    func isFirstOfSeparable(_ node: Node) -> Bool {
      node.op is DepthwiseConvolutionOp && model.provenance.className(of: node)?.hasPrefix("QSeparable") ?? false
    }
    // Also where the layer has no bias.
    let quantizers = model.provenance.layers.first { $0.nodes.contains(id.index) }?.quantizers ?? [:]
    guard let op = node.op as? any LinearOperator, let input = node.inputs.first, !isFirstOfSeparable(node) else {
      return nil
    }
    let elements = node.shape.elements
    let below = graph[input]
    if let pointwise = op as? ConvolutionOp, pointwise.takesAccumulators, isFirstOfSeparable(below),
      let first = below.op as? DepthwiseConvolutionOp, let source = below.inputs.first
    {
      let channels = graph[source].shape.channels
      let taps = first.window.size.area
      self.init(
        node, model.provenance, input: source, kernels: [first.kernel, op.kernel], bias: op.bias, quantizers,
        counts: (
          taps * elements / op.outputChannels * channels + elements, [taps * channels, op.outputChannels * channels]
        ), macs: node.products + below.products)
      return
    }
    // As if every input channel met every output channel; the channels of a depthwise kernel meet themselves.
    let taps = op.kernel.shape.dropLast(2).reduce(1, *)
    let channels = below.shape.channels
    let outputs = op is DepthwiseConvolutionOp ? elements / op.outputChannels : elements
    self.init(
      node, model.provenance, input: input, kernels: [op.kernel], bias: op.bias, quantizers,
      counts: (taps * outputs * channels, [taps * op.outputChannels * channels]), macs: node.products)
  }

  private init?(
    _ node: Node, _ provenance: Provenance, input: NodeID, kernels: [Parameter], bias: Parameter?,
    _ quantizers: [String: Quantizer],
    counts: (operations: Int, weights: [Int]),
    macs: Int
  ) {
    let layerClass = provenance.className(of: node)
    guard layerClass?.hasPrefix("Q") ?? false || kernels[0].isQuantized else { return nil }
    name = provenance.layerName(of: node)
    self.input = input
    isFolded = layerClass?.hasSuffix("Batchnorm") ?? false
    self.kernels = kernels
    self.bias = bias
    self.quantizers = quantizers
    self.counts = counts
    self.macs = macs
  }

  func operation(input type: DataType) -> QStatsReport.Operation {
    .init(
      layer: name, count: counts.operations, type: kernelTypes[0].multiplication(with: type), macs: macs)
  }

  /// Of the first or only kernel, and of the second one of a separable convolution.
  private var kernelTypes: [DataType] {
    let first = quantizers["kernel_quantizer"] ?? quantizers["depthwise_quantizer"]
    return zip(kernels, [first, quantizers["pointwise_quantizer"]]).map { kernel, quantizer in
      quantizer?.kind.statisticsType ?? DataType(counting: kernel)
    }
  }

  var weights: QStatsReport.Weights {
    let type =
      quantizers["bias_quantizer"]?.kind.statisticsType ?? bias.map { DataType(counting: $0) }
      ?? .floatingPoint(bits: 32)
    let elements = bias?.elements ?? 0
    return .init(
      layer: name,
      kernels: kernels.indices.map { index in
        .init(count: counts.weights[index], bits: kernelTypes[index].bits, stored: kernels[index].elements)
      },
      bias: .init(count: elements, bits: type.bits, stored: elements))
  }

  func sparsity(beforeQuantization: Bool) -> QStatsReport.Sparsity {
    let parameters = kernels + (bias.map { [$0] } ?? [])
    return .init(
      layer: name, elements: parameters.reduce(0) { $0 + $1.elements },
      zeros: parameters.reduce(0) { $0 + $1.zeros(beforeQuantization: beforeQuantization) })
  }
}

extension Parameter {
  fileprivate func zeros(beforeQuantization: Bool) -> Int {
    switch self {
    case .quantized(let tensor):
      if beforeQuantization, let zeros = tensor.zerosBefore { return zeros }
      return tensor.codes.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }
    case .real(let numbers, _): return numbers.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }
    }
  }
}

/// What QKeras' statistics take the result of each node for (`create_activation_cache` in its estimate.py): activations
/// and linear layers make a type, every other layer passes on the one of its first input.
struct OperandTypes {
  private var types: [DataType] = []

  init(_ model: Model) {
    let layers = Dictionary(
      model.provenance.layers.map { ($0.output.index, $0) }, uniquingKeysWith: { first, _ in first })
    for (index, node) in model.graph.nodes.enumerated() {
      if let layer = layers[index], let type = type(of: node.op, unmodelledIn: layer) {
        types.append(type)
      } else {
        types.append(type(of: node, layer: model.provenance.className(of: node)))
      }
    }
  }

  /// Of a layer's result that has no codes (see `ModelFile.outline`): its activation's quantizer says what it is.
  private func type(of op: any Operator, unmodelledIn layer: Layer) -> DataType? {
    guard op is InputOp else { return nil }
    if !Self.passingClasses.contains(layer.className), let quantizer = layer.quantizers["activation"] {
      return quantizer.kind.statisticsType
    }
    return layer.inputs.first.map { self[$0] }
  }

  subscript(id: NodeID) -> DataType { types[id.index] }

  /// Layers whose result has no quantizer but that of their own activation.
  private static let linearClasses: Set<String> = [
    "QDense", "QConv2D", "QConv1D", "QDepthwiseConv2D", "QConv2DBatchnorm", "QDepthwiseConv2DBatchnorm",
  ]
  /// Layers whose activation QKeras does not look at.
  private static let passingClasses: Set<String> = [
    "QSeparableConv1D", "QSeparableConv2D", "QAveragePooling2D", "QGlobalAveragePooling2D",
  ]

  private func type(of node: Node, layer: String?) -> DataType {
    let first = node.inputs.first.map { self[$0] } ?? .networkInput
    if node.op is InputOp { return .networkInput }
    if let op = node.op as? QuantizeOp {
      return layer.map(Self.passingClasses.contains) ?? false
        ? first : DataType(counting: op, adapts: layer == "QAdaptiveActivation")
    }
    let isLinear = layer.map(Self.linearClasses.contains) ?? true
    if node.op is any LinearOperator { return isLinear ? .floatingPoint(bits: 32) : first }
    let isActivation = node.op is ElementwiseOp || node.op is SoftmaxOp
    return isActivation && (isLinear || layer == "QActivation") ? .floatingPoint(bits: 32) : first
  }
}

/// How QKeras' statistics see the numbers of a tensor.
extension DataType {
  /// What QKeras takes every network input for.
  static let networkInput = fixedPoint(bits: 8, integerBits: 0, isSigned: false)

  init(counting parameter: Parameter) {
    switch parameter {
    case .real: self = .floatingPoint(bits: 32)
    case .quantized(let tensor):
      self =
        tensor.quantizer?.kind.statisticsType
        ?? .fixedPoint(bits: tensor.bits, integerBits: 0, isSigned: tensor.codes.contains { $0 < 0 })
    }
  }

  /// Of a feature map.
  init(counting op: QuantizeOp, adapts: Bool) {
    guard let quantizer = op.quantizer else {
      let isSigned = op.quantizers.contains { $0.format.range.lowerBound < $0.format.zeroPoint }
      self = .fixedPoint(bits: op.bits, integerBits: 0, isSigned: isSigned)
      return
    }
    self = quantizer.kind.statisticsType
    // QKeras looks at QAdaptiveActivation before it knows its integer bits.
    if adapts { self = .fixedPoint(bits: bits, integerBits: 0, isSigned: isSigned) }
  }

  /// What multiplies a weight of this type with `input`, as QKeras names it (`get_operation_type`): `smult_4_8`.
  func multiplication(with input: DataType) -> String {
    let sign = isSigned || input.isSigned ? "s" : "u"
    return "\(sign)\(Self.multipliers[mode.rawValue][input.mode.rawValue])_\(bits)_\(input.bits)"
  }

  /// By the mode of the weight, then of the input.
  private static let multipliers = [
    ["mult", "barrel", "mux", "mux", "mux", "fmult"],
    ["barrel", "adder", "mux", "xor", "mux", "fmult"],
    ["mux", "mux", "mux", "mux", "xor", "fmult"],
    ["mux", "xor", "mux", "xor", "xor", "fmult"],
    ["mux", "mux", "xor", "xor", "xor", "fmult"],
    ["fmult", "fmult", "fmult", "fmult", "fmult", "fmult"],
  ]
}

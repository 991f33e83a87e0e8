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

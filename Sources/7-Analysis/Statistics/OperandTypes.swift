import QIR
import Quantization

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
}

extension DataType {
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

import QIR

/// What QKeras' statistics take the result of each node for (`create_activation_cache` in its estimate.py): activations
/// and linear layers make a type, every other layer passes on the one of its first input.
struct OperandTypes {
  private var types: [OperandType] = []

  init(_ graph: Graph) {
    // Activations that have no codes: their quantizers say what they are.
    var activations: [Int: OperandType] = [:]
    for layer in graph.layers where !Self.passingClasses.contains(layer.className) {
      if let quantizer = layer.quantizers["activation"] { activations[layer.output.index] = OperandType(quantizer) }
    }
    for (index, node) in graph.nodes.enumerated() {
      if node.op is IdentityOp, let type = activations[index] {
        types.append(type)
      } else {
        types.append(type(of: node))
      }
    }
  }

  subscript(id: NodeID) -> OperandType { types[id.index] }

  /// Layers whose result has no quantizer but that of their own activation.
  private static let linearClasses: Set<String> = [
    "QDense", "QConv2D", "QConv1D", "QDepthwiseConv2D", "QConv2DBatchnorm", "QDepthwiseConv2DBatchnorm",
  ]
  /// Layers whose activation QKeras does not look at.
  private static let passingClasses: Set<String> = [
    "QSeparableConv1D", "QSeparableConv2D", "QAveragePooling2D", "QGlobalAveragePooling2D",
  ]

  private func type(of node: Node) -> OperandType {
    let first = node.inputs.first.map { self[$0] } ?? .input
    let layer = node.layerClass
    if node.op is InputOp { return .input }
    if let op = node.op as? QuantizeOp {
      return layer.map(Self.passingClasses.contains) ?? false
        ? first : OperandType(op, adapts: layer == "QAdaptiveActivation")
    }
    let isLinear = layer.map(Self.linearClasses.contains) ?? true
    if node.op is any LinearOperator { return isLinear ? .float : first }
    let isActivation = node.op is ElementwiseOp || node.op is SoftmaxOp
    return isActivation && (isLinear || layer == "QActivation") ? .float : first
  }
}

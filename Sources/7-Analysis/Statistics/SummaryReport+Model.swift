import QIR

extension SummaryReport {
  /// The thesis counts a network's input elements with this width (Eq. 2.4).
  private static let inputBits = 8

  /// Bits after Eq. 2.4 of the thesis: weights and biases times their widths; elements of quantized feature maps times
  /// theirs, and the network's input elements times 8.
  package init(_ model: Model) {
    let graph = model.graph
    let layers = graph.ids.map { id -> Layer in
      let node = graph[id]
      var layer = Layer(
        name: node.name, type: model.provenance.className(of: node) ?? node.op.mnemonic,
        inputs: node.inputs.map { graph[$0].name },
        shape: node.fileShape.extents, parameters: node.op.parameters.reduce(0) { $0 + $1.parameter.elements },
        macs: node.products)
      var parameterBits = 0
      var featureMapBits = 0
      for (name, parameter) in node.op.parameters {
        parameterBits += parameter.elements * parameter.bits
        if name == "bias" {
          layer.biasQuantizer = parameter.writtenQuantizer
        } else {
          layer.kernelQuantizer = parameter.writtenQuantizer
        }
      }
      if node.op is InputOp { featureMapBits = node.shape.elements * Self.inputBits }
      if let op = node.op as? QuantizeOp {
        featureMapBits = node.shape.elements * op.bits
        layer.outputQuantizer = op.description
      }
      if let op = node.op as? BatchNormalizationOp { layer.parameters = op.storedParameters }
      layer.bits = .init(parameters: parameterBits, featureMaps: featureMapBits)
      return layer
    }
    self.init(layers: layers)
  }
}

extension Parameter {
  /// The quantizer as the model writes it, or the width alone.
  fileprivate var writtenQuantizer: String {
    switch self {
    case .quantized(let tensor): tensor.quantizer?.kind.description ?? "\(tensor.bits) bits"
    case .real: "float32"
    }
  }
}

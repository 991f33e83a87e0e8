import QIR
import Quantization

extension Graph {
  /// A layer for every node of a graph whose importer knows no layers, named as Keras would name it.
  var layersOfNodes: [Layer] {
    ids.compactMap { id in
      let node = self[id]
      if node.op is InputOp { return nil }
      return Layer(
        name: node.name, calledName: node.name, className: node.op.layerClass, inputs: node.inputs,
        nodes: id.index..<(id.index + 1),
        weights: node.op.parameters.map { name, parameter in
          Layer.Weight(name: name, shape: parameter.shape) { parameter.values.map { Float($0) } }
        })
    }
  }
}

extension Operator {
  /// Layers without quantized parameters are Keras' own.
  fileprivate var layerClass: String {
    let isQuantized = parameters.contains { _, parameter in
      if case .quantized = parameter { true } else { false }
    }
    return (isQuantized ? "Q" : "") + Self.kerasClass
  }
}

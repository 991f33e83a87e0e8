import QIR
import Quantization

extension Graph {
  /// A layer for every node of a graph whose importer knows no layers, named as Keras would name it.
  var layersOfNodes: [Layer] {
    ids.compactMap { id in
      let node = self[id]
      guard let className = node.op.kerasClass(shape: node.shape) else { return nil }
      return Layer(
        name: node.name, className: className, inputs: node.inputs, nodes: id.index..<(id.index + 1),
        weights: node.op.parameters.map { name, parameter in
          Layer.Weight(name: name, shape: parameter.shape) { parameter.values.map { Float($0) } }
        })
    }
  }
}

extension Op {
  /// nil for network inputs.
  fileprivate func kerasClass(shape: Shape) -> String? {
    switch self {
    case .input: nil
    case .quantize: "QActivation"
    case .convolution: "QConv2D"
    case .depthwiseConvolution: "QDepthwiseConv2D"
    case .dense: "QDense"
    case .batchNormalization: "BatchNormalization"
    case .elementwise: "ReLU"
    case .softmax: "Softmax"
    case .add: "Add"
    case .concatenate: "Concatenate"
    case .maxPool: "MaxPooling2D"
    case .averagePool: "AveragePooling2D"
    case .pad: "ZeroPadding2D"
    case .reshape: "Reshape"
    case .transpose: "Permute"
    case .identity: "Dropout"
    }
  }
}

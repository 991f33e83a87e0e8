import QIR
import Quantization

extension Graph {
  /// A layer for every node of a graph whose importer knows no layers, named as Keras would name it.
  var layersOfNodes: [Layer] {
    ids.compactMap { id in
      let node = self[id]
      guard let className = node.op.kerasClass else { return nil }
      return Layer(
        name: node.name, className: className, inputs: node.inputs, nodes: id.index..<(id.index + 1),
        weights: node.op.parameters.map { name, parameter in
          Layer.Weight(name: name, shape: parameter.shape) { parameter.values.map { Float($0) } }
        })
    }
  }
}

extension Op {
  /// nil for network inputs. Layers without quantized parameters are Keras' own.
  fileprivate var kerasClass: String? {
    let prefix = isQuantized ? "Q" : ""
    switch self {
    case .input: return nil
    case .quantize: return "QActivation"
    case .convolution: return prefix + "Conv2D"
    case .depthwiseConvolution: return prefix + "DepthwiseConv2D"
    case .dense: return prefix + "Dense"
    case .batchNormalization: return "BatchNormalization"
    case .elementwise: return "ReLU"
    case .softmax: return "Softmax"
    case .add: return "Add"
    case .concatenate: return "Concatenate"
    case .maxPool: return "MaxPooling2D"
    case .averagePool: return "AveragePooling2D"
    case .pad: return "ZeroPadding2D"
    case .reshape: return "Reshape"
    case .transpose: return "Permute"
    case .identity: return "Dropout"
    }
  }

  private var isQuantized: Bool {
    parameters.contains { _, parameter in
      if case .quantized = parameter { true } else { false }
    }
  }
}

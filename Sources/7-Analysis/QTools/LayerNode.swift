import QIR
import Quantization

/// A layer among those that QTools looks at: `InputLayer` and `Dropout` are taken out.
package struct LayerNode: Sendable {
  package enum Source: Hashable, Sendable {
    /// All network inputs are one source.
    case networkInput
    case layer(Int)
  }

  package struct Edge: Sendable {
    package var source: Source
    package var shape: EdgeShape
  }

  /// The type that a quantizer of the layer gives.
  package struct Quantized: Sendable {
    package var type: DataType
    /// Whether QTools has a type for the quantizer.
    package var isKnown = true
  }

  package var layer: Layer
  /// One per source, in the order of the call.
  package var edges: [Edge]
  /// Shapes of all that it is called on, without the batch.
  package var inputShapes: [[Int]]
  package var outputShape: [Int]
  /// Of a pooling layer: rows and columns.
  package var poolSize: [Int]?
  /// By the keys of the layer's configuration.
  package var quantizers: [String: Quantized]
  /// Whether it reads a network input.
  package var isFirst: Bool
  /// Whether its result is one of the network's that nothing else reads.
  package var isLast = false

  var role: LayerRole { LayerRole(className: layer.className) }

  /// How many operations the layer takes (`get_operation_count` in qtools_util.py): by its class, and mostly as one would
  /// count them; groups of a convolution are not counted, and a mean counts the windows of one pixel.
  /// - Parameter input: the shape of its largest input.
  func operationCount(input: EdgeShape, isQToolsCompatible: Bool) -> Int {
    let output = outputShape.reduce(1, *)
    let channels = inputShapes.first?.last ?? 1
    let kernel = layer.weights.first?.shape ?? []
    switch role {
    case .merge, .shape, .activation, .normalization: return Self.elements(input)
    case .averagePool(isQuantized: true): return 0
    case .averagePool(isQuantized: false): return (outputShape.last ?? 1) * poolExtents.reduce(1, *)
    case .upsampling: return output
    case .linear, .foldedLinear: break
    case .other: return 0
    }
    switch layer.className {
    case "QConv2D", "Conv2D", "QConv2DBatchnorm", "QConv1D", "Conv1D":
      return output * kernel.dropLast(2).reduce(1, *) * channels
    case "QDepthwiseConv2D", "DepthwiseConv2D":
      return outputShape.dropLast().reduce(1, *) * kernel.prefix(2).reduce(1, *) * channels
    case "QDepthwiseConv2DBatchnorm":
      return isQToolsCompatible ? 0 : outputShape.dropLast().reduce(1, *) * kernel.prefix(2).reduce(1, *) * channels
    // QTools knows vectors alone; over more axes it is a dense layer at each position.
    case "QDense", "Dense": return output * channels
    default: return 0
    }
  }

  /// The window of a mean; that of a global one is its whole input.
  var poolExtents: [Int] {
    isGlobalPool ? inputShapes.first?.dropLast() ?? [] : poolSize ?? []
  }

  var isGlobalPool: Bool { layer.className.firstRange(of: "Global") != nil }

  private static func elements(_ shape: EdgeShape) -> Int {
    switch shape {
    case .extents(let extents), .listed(let extents): extents.reduce(1, *)
    }
  }
}

/// The shape on an edge or of a result, without the batch.
package enum EdgeShape: Hashable, Sendable {
  case extents([Int])
  /// That of a network input, which Keras hands out in a list of its own: QTools takes the list for the shape.
  case listed([Int])

  /// As QTools counts them: a list without its first entry has none.
  package var elements: Double {
    switch self {
    case .extents(let extents): Double(extents.reduce(1, *))
    case .listed: 1
    }
  }
}

/// How QTools treats a class of layers (`generate_layer_data_type_map.py`, `qtools_util.py`). It goes by names.
enum LayerRole: Hashable {
  case merge(MergeKind)
  /// Pooling of maxima, Reshape, Flatten.
  case shape
  case upsampling
  case averagePool(isQuantized: Bool)
  case activation
  case normalization(isQuantized: Bool)
  case linear(isQuantized: Bool)
  /// A convolution with batch normalization folded into it.
  case foldedLinear
  /// Everything else hands its input's type on.
  case other

  init(className: String) {
    if let merge = MergeKind(rawValue: className) {
      self = .merge(merge)
    } else if ["MaxPool", "Reshape", "Flatten"].contains(where: { className.firstRange(of: $0) != nil }) {
      self = .shape
    } else if className.firstRange(of: "UpSampling") != nil {
      self = .upsampling
    } else {
      self = Self.byName[className] ?? .other
    }
  }

  private static let byName: [String: LayerRole] = [
    "AveragePooling2D": .averagePool(isQuantized: false), "AvgPool2D": .averagePool(isQuantized: false),
    "GlobalAveragePooling2D": .averagePool(isQuantized: false), "GlobalAvgPool2D": .averagePool(isQuantized: false),
    "QAveragePooling2D": .averagePool(isQuantized: true), "QGlobalAveragePooling2D": .averagePool(isQuantized: true),
    "QActivation": .activation, "QAdaptiveActivation": .activation, "Activation": .activation,
    "QBatchNormalization": .normalization(isQuantized: true),
    "BatchNormalization": .normalization(isQuantized: false),
    "QDense": .linear(isQuantized: true), "Dense": .linear(isQuantized: false),
    "QConv1D": .linear(isQuantized: true), "Conv1D": .linear(isQuantized: false),
    "QConv2D": .linear(isQuantized: true), "Conv2D": .linear(isQuantized: false),
    "QDepthwiseConv2D": .linear(isQuantized: true), "DepthwiseConv2D": .linear(isQuantized: false),
    "QSeparableConv2D": .linear(isQuantized: true), "SeparableConv2D": .linear(isQuantized: false),
    "QConv2DBatchnorm": .foldedLinear, "QDepthwiseConv2DBatchnorm": .foldedLinear,
  ]
}

/// The configuration keys of the two quantizers that QTools takes for a linear layer's weights and bias.
struct LayerKeys {
  let weights: String
  let bias: String

  init(className: String) {
    let isSeparable = className.firstRange(of: "Separable") != nil
    weights = isSeparable || className.firstRange(of: "Depthwise") != nil ? "depthwise_quantizer" : "kernel_quantizer"
    // The second of the layer's quantizers, which in a separable convolution is not the bias'.
    bias = isSeparable ? "pointwise_quantizer" : "bias_quantizer"
  }
}

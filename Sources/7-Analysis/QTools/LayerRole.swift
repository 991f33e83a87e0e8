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

import Diagnostics
import QIR

extension LayerNode {
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

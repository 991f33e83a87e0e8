import Diagnostics
import Numbers
import QIR

/// Pooling over rows and columns, or over the steps of a sequence, which is a feature map of one row.
enum PoolingLayers {
  static let rows = [
    LayerRow(
      ["MaxPooling2D": keys, "MaxPool2D": keys], notes: "padding valid and same, any stride",
      read: { try pool(&$0, .max) }),
    LayerRow(
      ["AveragePooling2D": keys, "AvgPool2D": keys],
      notes: "padding valid and same (edges divide by fewer), any stride",
      read: { try pool(&$0, .average) }),
    LayerRow(
      ["MaxPooling1D": keys, "MaxPool1D": keys], notes: "padding valid and same, any stride",
      read: { try pool(&$0, .max, isSequence: true) }),
    LayerRow(
      ["AveragePooling1D": keys, "AvgPool1D": keys],
      notes: "padding valid and same (edges divide by fewer), any stride",
      read: { try pool(&$0, .average, isSequence: true) }),
    LayerRow(
      ["QAveragePooling2D": keys + quantizedKeys], notes: "average_quantizer, activation=",
      read: { try pool(&$0, .quantizedAverage) }),
    LayerRow(
      ["GlobalMaxPooling2D": globalKeys, "GlobalMaxPool2D": globalKeys], notes: "keepdims",
      read: { try globalPool(&$0, .max) }),
    LayerRow(
      ["GlobalAveragePooling2D": globalKeys, "GlobalAvgPool2D": globalKeys], notes: "keepdims",
      read: { try globalPool(&$0, .average) }),
    LayerRow(
      ["GlobalMaxPooling1D": globalKeys, "GlobalMaxPool1D": globalKeys], notes: "keepdims",
      read: { try globalPool(&$0, .max, isSequence: true) }),
    LayerRow(
      ["GlobalAveragePooling1D": globalKeys, "GlobalAvgPool1D": globalKeys], notes: "keepdims",
      read: { try globalPool(&$0, .average, isSequence: true) }),
    LayerRow(
      ["QGlobalAveragePooling2D": globalKeys + quantizedKeys], notes: "keepdims, average_quantizer, activation=",
      read: { try globalPool(&$0, .quantizedAverage) }),
  ]

  private static let keys = LayerKeys.window("pool_size")
  private static let globalKeys = LayerKeys.read("data_format", "keepdims")
  private static let quantizedKeys = LayerKeys.read("activation") + .quantized("average")

  private enum Kind {
    case max, average, quantizedAverage
  }

  private static func pool(_ layer: inout LayerReader, _ kind: Kind, isSequence: Bool = false) throws -> NodeID {
    let config = layer.check {
      isSequence
        ? try WindowConfig.row($0.config, size: "pool_size", strideDefaultsToSize: true)
        : try WindowConfig.plane($0.config, size: "pool_size", strideDefaultsToSize: true)
    }
    let activation = layer.check { kind == .quantizedAverage ? try $0.activation() : .linear }
    let factor = layer.check { layer in
      try Self.factor(layer, kind, area: config?.size.area)
    }
    let input = try map(&layer, isSequence: isSequence)
    guard let config, let activation, let factor else { throw Skipped() }
    let op = Self.op(kind, window: config.window(over: layer.graph[input].shape), factor: factor)
    guard isSequence else { return try layer.append(op, then: activation, inputs: [input]) }
    return try layer.appendSequence(of: layer.append(op, "row_result", inputs: [input]), then: activation)
  }

  /// The input as a feature map.
  private static func map(_ layer: inout LayerReader, isSequence: Bool) throws -> NodeID {
    if isSequence { return try layer.appendRow() }
    _ = try layer.inputShape(rank: 3)
    return try layer.input()
  }

  private static func globalPool(_ layer: inout LayerReader, _ kind: Kind, isSequence: Bool = false) throws -> NodeID {
    layer.check { try $0.config.requireChannelsLast() }
    let keepsAxes = layer.check { try $0.config.flag("keepdims", default: false) }
    let activation = layer.check { kind == .quantizedAverage ? try $0.activation() : .linear }
    let area = layer.inputShapeIfKnown(rank: 3).map { $0.extents[0] * $0.extents[1] }
    let factor = layer.check { try Self.factor($0, kind, area: area) }
    let input = try map(&layer, isSequence: isSequence)
    guard let keepsAxes, let activation, let factor else { throw Skipped() }
    let shape = layer.graph[input].shape
    let window = Window(size: Extents(rows: shape.extents[0], columns: shape.extents[1]))
    let op = Self.op(kind, window: window, factor: factor)
    if keepsAxes, !isSequence { return try layer.append(op, then: activation, inputs: [input]) }
    let pooled = try layer.append(op, "pool", inputs: [input])
    return try layer.append(
      ReshapeOp(shape: Shape((keepsAxes ? [1] : []) + [shape.channels])), then: activation, inputs: [pooled])
  }

  private static func op(_ kind: Kind, window: Window, factor: Double) -> any Operator {
    kind == .max ? MaxPoolOp(window: window) : AveragePoolOp(window: window, factor: factor)
  }

  /// QKeras multiplies the mean by the area and by the quantized inverse of the area (float32).
  private static func factor(_ layer: LayerReader, _ kind: Kind, area: Int?) throws -> Double {
    guard kind == .quantizedAverage, !layer.isOutline,
      let quantizer = try layer.quantizer("average_quantizer", of: "average_quantizer", forKernel: false), let area
    else { return 1 }
    let inverse = try quantizer.kind.quantize([Float(1 / Double(area))], shape: [1], at: layer.location).values
    return Double(area) * (inverse.first ?? 0)
  }
}

import Diagnostics
import ONNX
import QIR

/// Pooling over space.
enum PoolingOperators {
  static let rows = [
    OperatorRow(
      "MaxPool", notes: "one or two axes of space, strides, pads, auto_pad, ceil_mode", read: { try maxPool(&$0) }),
    OperatorRow(
      "AveragePool", notes: "one or two axes of space, strides, pads, auto_pad, ceil_mode, count_include_pad",
      read: { try averagePool(&$0) }),
    OperatorRow("GlobalAveragePool", read: { try globalPool(&$0) { .averagePool(AveragePoolOp(window: $0)) } }),
    OperatorRow("GlobalMaxPool", read: { try globalPool(&$0) { .maxPool(MaxPoolOp(window: $0)) } }),
    OperatorRow("ReduceMean", notes: "over all axes of space", read: { try reduceMean(&$0) }),
  ]

  private static func maxPool(_ reader: inout NodeReader) throws {
    let attributes = try WindowAttributes(&reader)
    let ceil = try reader.flag("ceil_mode", default: false)
    _ = try reader.int("storage_order", default: 0)
    let map = try reader.map(0)
    let window = try self.window(attributes, ceil: ceil, map, reader)
    let plane = try Plane(&reader, map)
    try reader.produce(.map(plane.append(.maxPool(MaxPoolOp(window: window)), channels: map.shape[1], to: &reader)))
  }

  private static func averagePool(_ reader: inout NodeReader) throws {
    let attributes = try WindowAttributes(&reader)
    let ceil = try reader.flag("ceil_mode", default: false)
    let countsPadding = try reader.flag("count_include_pad", default: false)
    let map = try reader.realMap(0)
    let window = try self.window(attributes, ceil: ceil, map, reader)
    if countsPadding, !window.padding.isNone {
      throw reader.problem("count_include_pad = 1 with pads", supported: "averages over what lies inside")
    }
    let plane = try Plane(&reader, map)
    try reader.produce(
      .map(plane.append(.averagePool(AveragePoolOp(window: window)), channels: map.shape[1], to: &reader)))
  }

  private static func window(
    _ attributes: WindowAttributes, ceil: Bool, _ map: FeatureMap, _ reader: NodeReader
  ) throws -> Window {
    guard reader.firstDataAxis == 1, (3...4).contains(map.shape.count) else {
      throw reader.problem(
        "a pool over a tensor of shape \(map.shape)", supported: "[batch, channels, (rows,) columns]")
    }
    let window = try attributes.window(size: nil, over: Array(map.shape[2...]), ceil: ceil, reader)
    guard window.dilation == .one else {
      throw reader.problem("dilations of a pool", supported: "1")
    }
    return window
  }

  private static func globalPool(_ reader: inout NodeReader, _ op: (Window) -> Op) throws {
    let map = try reader.realMap(0)
    try reader.produce(.map(pool(map, nil, op, &reader)))
  }

  private static func reduceMean(_ reader: inout NodeReader) throws {
    let given = try reader.ints("axes", orInput: 1)
    let keepsAxes = try reader.flag("keepdims", default: true)
    let ignoresEmpty = try reader.flag("noop_with_empty_axes", default: false)
    let map = try reader.realMap(0)
    let rank = map.shape.count
    let axes = Set(try (given ?? []).map { try reader.axis($0, rank: rank) })
    guard !axes.isEmpty || !ignoresEmpty, (3...4).contains(rank), axes == Set(2..<rank), reader.firstDataAxis == 1
    else {
      throw reader.problem("a mean over axes \(given ?? [])", supported: "the mean over all axes of space")
    }
    let pooled = try pool(map, keepsAxes ? nil : "pool", { .averagePool(AveragePoolOp(window: $0)) }, &reader)
    guard !keepsAxes else { return try reader.produce(.map(pooled)) }
    try reader.produce(.map(reader.reshape(pooled, to: [1, map.shape[1]])))
  }

  private static func pool(
    _ map: FeatureMap, _ suffix: String?, _ op: (Window) -> Op, _ reader: inout NodeReader
  ) throws -> FeatureMap {
    guard reader.firstDataAxis == 1, (3...4).contains(map.shape.count) else {
      throw reader.problem(
        "a pool over a tensor of shape \(map.shape)", supported: "[batch, channels, (rows,) columns]")
    }
    let plane = try Plane(&reader, map)
    let rows = map.shape.count == 4 ? map.shape[2] : 1
    let window = Window(size: Extent(rows: rows, columns: map.shape[map.shape.count - 1]))
    return try plane.append(op(window), channels: map.shape[1], to: &reader, suffix)
  }
}

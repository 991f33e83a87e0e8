import Diagnostics
import QIR

/// Pooling over space.
enum PoolingOperators {
  static let rows = [
    OperatorRow(
      "MaxPool", notes: "any axes of space, strides, dilations, pads, auto_pad, ceil_mode; no Indices",
      read: { try maxPool(&$0) }),
    OperatorRow(
      "AveragePool", notes: "any axes of space, strides, dilations, pads, auto_pad, ceil_mode, count_include_pad",
      read: { try averagePool(&$0) }),
    OperatorRow("GlobalAveragePool", read: { try globalPool(&$0, mean) }),
    OperatorRow("GlobalMaxPool", read: { try globalPool(&$0) { MaxPoolOp(window: $0) } }),
    OperatorRow("ReduceMean", notes: "over any axes", read: { try reduceMean(&$0) }),
  ]

  private static func mean(_ window: Window) -> any Operator { AveragePoolOp(window: window) }

  private static func maxPool(_ reader: inout NodeReader) throws {
    let attributes = reader.check { try WindowAttributes(&$0) }
    let ceil = try reader.flag("ceil_mode", default: false)
    // The order of the elements that Indices counts.
    reader.ignore("storage_order")
    let map = try reader.map(0)
    guard let attributes else { throw Skipped() }
    let space = try axesOfSpace(of: map, reader)
    if let axis = map.encoding?.axis, space.contains(axis) {
      throw reader.problem("maxima of codes with scales along axis \(axis)", supported: "one scale in each window")
    }
    let windows = try attributes.axes(size: nil, over: space.map { map.shape[$0] }, ceil: ceil, reader)
    try reader.produce(.map(reader.slide(windows, over: space, of: map) { MaxPoolOp(window: $0) }))
  }

  private static func averagePool(_ reader: inout NodeReader) throws {
    let attributes = reader.check { try WindowAttributes(&$0) }
    let ceil = try reader.flag("ceil_mode", default: false)
    let countsPadding = try reader.flag("count_include_pad", default: false)
    var map = try reader.realMap(0)
    guard let attributes else { throw Skipped() }
    let space = try axesOfSpace(of: map, reader)
    var windows = try attributes.axes(size: nil, over: space.map { map.shape[$0] }, ceil: ceil, reader)
    if countsPadding {
      // What the padding says counts, what ceil_mode adds behind it does not (onnx/reference/ops/op_pool_common.py).
      let said = try attributes.axes(size: nil, over: space.map { map.shape[$0] }, reader)
      map = try reader.pad(map, windows.indices.map { windows[$0].padding(within: said[$0]) }, over: space, "padded")
      for index in windows.indices { windows[index].removePadding(within: said[index]) }
    }
    try reader.produce(.map(reader.slide(windows, over: space, of: map, by: mean)))
  }

  private static func globalPool(_ reader: inout NodeReader, _ op: (Window) -> any Operator) throws {
    let map = try reader.realMap(0)
    let space = try axesOfSpace(of: map, reader)
    let windows = space.map { WindowAxis(size: map.shape[$0]) }
    try reader.produce(.map(reader.slide(windows, over: space, of: map, by: op)))
  }

  private static func reduceMean(_ reader: inout NodeReader) throws {
    let given = try reader.ints("axes", orInput: 1) ?? []
    let keepsAxes = try reader.flag("keepdims", default: true)
    let keepsAll = try reader.flag("noop_with_empty_axes", default: false)
    let map = try reader.realMap(0)
    try reader.require(
      map.encoding == nil, "a mean of integers", supported: "floats", fix: "put a Cast to float in front of it")
    let rank = map.shape.count
    if given.isEmpty, keepsAll { return try reader.produce(.map(map)) }
    let axes = given.isEmpty ? Array(0..<rank) : try Set(given.map { try reader.axis($0, rank: rank) }).sorted()
    let windows = axes.map { WindowAxis(size: map.shape[$0]) }
    var result = try reader.slide(windows, over: axes, of: map, keepsAxes ? nil : "mean", by: mean)
    if !keepsAxes {
      result = try reader.reshape(result, to: (0..<rank).filter { !axes.contains($0) }.map { map.shape[$0] })
    }
    try reader.produce(.map(result))
  }

  /// All axes behind the channels.
  private static func axesOfSpace(of map: FeatureMap, _ reader: NodeReader) throws -> [Int] {
    try reader.require(
      map.shape.count >= 3, "a pool over a tensor of shape \(map.shape)", supported: "[batch, channels, rows, …]")
    return Array(2..<map.shape.count)
  }
}

extension NodeReader {
  /// Zeros around the map along some of its axes.
  mutating func pad(
    _ map: FeatureMap, _ windows: [WindowAxis], over axes: [Int], _ suffix: String? = nil
  ) throws -> FeatureMap {
    let padded = axes.indices.filter { windows[$0].before + windows[$0].after > 0 }
    return try slide(padded.map { windows[$0] }, over: padded.map { axes[$0] }, of: map, suffix) {
      PadOp(padding: $0.padding)
    }
  }
}

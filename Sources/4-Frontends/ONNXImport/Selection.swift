import Numbers
import QIR
import Quantization

extension NodeReader {
  /// The map's elements at chosen positions along some of its axes, in their order.
  ///
  /// - Parameter selections: positions from 0, each any number of times; at most one selection for an axis.
  mutating func select(
    _ selections: [(axis: Int, positions: [Int])], of map: FeatureMap, _ suffix: String? = nil
  ) throws -> FeatureMap {
    var result = map
    var axes = map.order.map { _ in AxisPositions.all }
    for (axis, positions) in selections {
      guard axis >= firstDataAxis, let place = map.order.firstIndex(of: axis) else {
        throw mixesBatch("a selection along the batch")
      }
      if positions == Array(0..<map.shape[axis]) { continue }
      try require(
        !positions.isEmpty, "0 of \(map.shape[axis]) positions of axis \(axis)", supported: "1 or more")
      if let encoding = map.encoding, encoding.axis == axis {
        throw problem("a selection along the axis of scales", supported: "one scale for the tensor")
      }
      axes[place] = .chosen(positions)
      result.shape[axis] = positions.count
    }
    guard axes.contains(where: { $0 != .all }) else { return map }
    result.node = try append(SelectOp(axes: axes), suffix, inputs: [map.node])
    return result
  }

  /// The map with at least as many axes: new ones come in front.
  mutating func withRank(_ map: FeatureMap, _ rank: Int) throws -> FeatureMap {
    let missing = rank - map.shape.count
    guard missing > 0 else { return map }
    guard firstDataAxis == 0 else { throw mixesBatch("a tensor of shape \(map.shape) in one of \(rank) axes") }
    return try reshape(map, to: Array(repeating: 1, count: missing) + map.shape, "axes")
  }

  /// The map with axes of extent 1 repeated so that it spreads over `shape` (ONNX' multidirectional broadcasting); axes that
  /// `shape` has more come in front.
  mutating func spread(_ map: FeatureMap, over shape: [Int]) throws -> FeatureMap {
    let result = try withRank(map, shape.count)
    let repeated = shape.indices.filter { shape[$0] > 1 && result.shape[$0] == 1 && $0 >= firstDataAxis }
    return try select(repeated.map { ($0, Array(repeating: 0, count: shape[$0])) }, of: result, "spread")
  }

  /// The map through windows over some of its axes, by two of them at a time where they lie beside each other: what is left
  /// over all of the windows' axes is the same as over one after another, as for maxima, means and padding.
  ///
  /// - Parameter axes: the model's axes that windows move over.
  mutating func slide(
    _ windows: [WindowAxis], over axes: [Int], of map: FeatureMap, _ suffix: String? = nil,
    by op: (Window) -> any Operator
  ) throws -> FeatureMap {
    guard axes.allSatisfy({ $0 >= firstDataAxis }) else { throw mixesBatch("windows over axes \(axes)") }
    var result = map
    var end = axes.count
    while end > 0 {
      let start = isPlane(result, axes.prefix(end).suffix(2)) ? end - 2 : end - 1
      let plane =
        end - start == 2
        ? try Plane(&self, result, axes: axes[start..<end]) : try Plane(&self, result, column: axes[start])
      result = try plane.append(op(Window(windows[start..<end])), to: &self, start > 0 ? "window" : suffix)
      end = start
    }
    return result
  }

  /// Whether two axes are the first ones of more than one element, in this order: rows and columns where they lie.
  private func isPlane(_ map: FeatureMap, _ axes: ArraySlice<Int>) -> Bool {
    axes.count == 2 && map.order.filter { map.shape[$0] > 1 || axes.contains($0) }.starts(with: axes)
  }
}

/// A feature map as rows x columns x channels, which is what windows move over.
struct Plane {
  private let map: FeatureMap
  /// The model's axes that windows move over: rows and columns, or columns alone.
  private let axes: [Int]
  let node: NodeID
  /// Whether the map's node has to be seen under another shape.
  private let isReshaped: Bool

  /// Two axes as the rows and columns, or one as the columns of one row; all other axes together are the channels.
  init(_ reader: inout NodeReader, _ map: FeatureMap, axes: some Collection<Int>) throws {
    let others = map.order.filter { !axes.contains($0) }
    let ordered = try reader.ordered(map, as: axes + others)
    let space = axes.map { map.shape[$0] }
    try self.init(
      &reader, ordered, axes: Array(axes),
      seenAs: (axes.count == 1 ? [1] : []) + space + [others.reduce(1) { $0 * map.shape[$1] }])
  }

  /// One axis as the columns, where it lies: what lies in front of it are rows, what lies behind it channels.
  init(_ reader: inout NodeReader, _ map: FeatureMap, column: Int) throws {
    guard let place = map.order.firstIndex(of: column) else { throw reader.mixesBatch("a window over axis \(column)") }
    let elements = { (axes: ArraySlice<Int>) in axes.reduce(1) { $0 * map.shape[$1] } }
    try self.init(
      &reader, map, axes: [column],
      seenAs: [elements(map.order[..<place]), map.shape[column], elements(map.order[(place + 1)...])])
  }

  private init(_ reader: inout NodeReader, _ map: FeatureMap, axes: [Int], seenAs shape: [Int]) throws {
    self.map = map
    self.axes = axes
    isReshaped = reader.importer.graph[map.node].shape.extents != shape
    node = isReshaped ? try reader.append(ReshapeOp(shape: Shape(shape)), "plane", inputs: [map.node]) : map.node
  }

  /// Appends a window's node; the result has the axes that the model gave the map.
  ///
  /// - Parameters:
  ///   - inputs: what the node reads, where that is not the map.
  ///   - channels: the extent of axis 1 behind a convolution.
  func append(
    _ op: any Operator, of inputs: [NodeID]? = nil, channels: Int? = nil, to reader: inout NodeReader,
    _ suffix: String? = nil
  ) throws -> FeatureMap {
    var result = map
    result.node = try reader.append(op, isReshaped ? "window" : suffix, inputs: inputs ?? [node])
    let extents = reader.importer.graph[result.node].shape.extents
    for (axis, extent) in zip(axes, extents[(2 - axes.count)...]) { result.shape[axis] = extent }
    if let channels { result.shape[1] = channels }
    if isReshaped {
      result.node = try reader.append(
        ReshapeOp(shape: Shape(result.order.map { result.shape[$0] })), suffix, inputs: [result.node])
    }
    return result
  }
}

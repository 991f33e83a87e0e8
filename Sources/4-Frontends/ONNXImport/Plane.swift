import QIR

/// A feature map as rows x columns x channels, which is what windows move over. Any one or two of its axes are the rows and
/// columns; a single one is the columns of one row, and all other axes together are the channels.
struct Plane {
  private let map: FeatureMap
  private let axes: [Int]
  let node: NodeID
  /// Whether the map's node has to be seen under another shape.
  private let isReshaped: Bool

  /// - Parameter axes: the model's axes that are rows and columns, or columns alone.
  init(_ reader: inout NodeReader, _ map: FeatureMap, axes: some Collection<Int>) throws {
    self.axes = Array(axes)
    let others = map.order.filter { !axes.contains($0) }
    self.map = try reader.ordered(map, as: self.axes + others)
    isReshaped = axes.count != 2 || others.count != 1
    node =
      isReshaped
      ? try reader.append(
        ReshapeOp(
          shape: Shape(
            (axes.count == 1 ? [1] : []) + axes.map { map.shape[$0] } + [others.reduce(1) { $0 * map.shape[$1] }])),
        "plane", inputs: [self.map.node])
      : self.map.node
  }

  /// Appends a window's node; the result has the axes that the model gave the map.
  ///
  /// - Parameter channels: the extent of axis 1 behind a convolution.
  func append(
    _ op: any Operator, channels: Int? = nil, to reader: inout NodeReader, _ suffix: String? = nil
  ) throws -> FeatureMap {
    var result = map
    result.node = try reader.append(op, isReshaped ? "window" : suffix, inputs: [node])
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

extension NodeReader {
  /// The map through windows over some of its axes, by two of them at a time: what is left over all of the windows' axes is
  /// the same as over one after another, as for maxima, means and padding.
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
      let start = max(end - 2, 0)
      let plane = try Plane(&self, result, axes: axes[start..<end])
      result = try plane.append(op(Window(windows[start..<end])), to: &self, start > 0 ? "window" : suffix)
      end = start
    }
    return result
  }
}

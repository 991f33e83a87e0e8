import QIR

/// A feature map as rows x columns x channels, which is what windows move over; one of steps x channels is a single row.
struct Plane {
  private let map: FeatureMap
  let node: NodeID
  /// Whether a row was put in front.
  private let isRow: Bool

  /// - Parameter map: [batch, channels, rows, columns] or [batch, channels, steps] in the model.
  init(_ reader: inout NodeReader, _ map: FeatureMap) throws {
    let rank = map.shape.count
    self.map = try reader.ordered(map, as: Array(2..<rank) + [1])
    isRow = rank == 3
    node =
      isRow
      ? try reader.append(
        .reshape(ReshapeOp(shape: Shape([1, map.shape[2], map.shape[1]]))), "row", inputs: [self.map.node])
      : self.map.node
  }

  /// Appends a window's node; the result has the rank that the model gave the map.
  func append(
    _ op: Op, channels: Int, to reader: inout NodeReader, _ suffix: String? = nil
  ) throws -> FeatureMap {
    var result = map
    result.node = try reader.append(op, isRow ? "plane" : suffix, inputs: [node])
    let shape = reader.importer.graph[result.node].shape
    result.shape[1] = channels
    if isRow {
      result.shape[2] = shape.extents[1]
      result.node = try reader.append(
        .reshape(ReshapeOp(shape: Shape([shape.extents[1], channels]))), suffix, inputs: [result.node])
    } else {
      result.shape[2] = shape.extents[0]
      result.shape[3] = shape.extents[1]
    }
    return result
  }
}

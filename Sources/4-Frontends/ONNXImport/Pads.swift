/// What a Pad says: attributes before opset 11, constant inputs since.
struct Pads {
  /// Elements put in front of an axis and behind it; less than 0 are taken away.
  struct Axis {
    var axis: Int
    var before: Int
    var after: Int

    var isEmpty: Bool { before == 0 && after == 0 }
  }

  private let mode: String
  private let pads: [Int]
  private let axes: [Int]?
  let value: Double

  init(_ reader: inout NodeReader) throws {
    mode = try reader.string("mode", default: "constant")
    try reader.require(
      ["constant", "edge", "reflect", "wrap"].contains(mode), "mode = '\(mode)'",
      supported: "constant, edge, reflect, wrap")
    guard let pads = try reader.ints("pads", orInput: 1) else { throw reader.problem("no pads") }
    self.pads = pads
    let given = try reader.float("value", default: 0)
    value = try reader.constantIfPresent(2)?.values.first ?? Double(given)
    guard value.isFinite else { throw reader.problem("padding with \(value)", supported: "a finite number") }
    axes = try reader.constantIfPresent(3)?.integers?.map { Int($0) }
  }

  /// Whether one number is put around, not elements of the tensor.
  var isConstant: Bool { mode == "constant" }

  func padding(of shape: [Int], _ reader: NodeReader) throws -> [Axis] {
    let axes = try (axes ?? Array(shape.indices)).map { try reader.axis($0, rank: shape.count) }
    let limit = 65536
    try reader.require(
      pads.count == 2 * axes.count && pads.allSatisfy { (-limit...limit).contains($0) }
        && Set(axes).count == axes.count, "pads \(pads)",
      supported: "\(2 * axes.count) numbers of -\(limit) to \(limit)")
    return axes.enumerated().map { Axis(axis: $1, before: pads[$0], after: pads[axes.count + $0]) }
  }

  /// The elements of an axis that stay, or stand there; where a constant is put around, without it.
  func positions(along axis: Axis, in shape: [Int], _ reader: NodeReader) throws -> [Int] {
    let extent = shape[axis.axis]
    let first = isConstant ? max(0, -axis.before) : -axis.before
    let end = extent + (isConstant ? min(0, axis.after) : axis.after)
    try reader.require(first < end, "pads \(pads) of shape \(shape)", supported: "what leaves elements")
    return (first..<end).map { inside($0, extent) }
  }

  /// The element that stands at a position outside of an axis.
  private func inside(_ position: Int, _ extent: Int) -> Int {
    func remainder(_ period: Int) -> Int { (position % period + period) % period }
    switch mode {
    case "edge": return min(max(position, 0), extent - 1)
    case "wrap": return remainder(extent)
    case "reflect":
      let period = max(2 * (extent - 1), 1)
      return min(remainder(period), period - remainder(period))
    default: return position
    }
  }
}

import Diagnostics
import Numbers
import QIR

/// Operators that leave elements out, repeat them or put others around them.
enum SelectionOperators {
  static let rows = [
    OperatorRow(
      "Pad", notes: "constant, edge, reflect and wrap; also less than 0; constant pads, value and axes",
      read: { try pad(&$0) }),
    OperatorRow("Slice", notes: "constant starts, ends, axes and steps", read: { try slice(&$0) }),
    OperatorRow("Gather", notes: "constant indices", read: { try gather(&$0) }),
    OperatorRow("Split", notes: "into equal parts, or of constant sizes", read: { try split(&$0) }),
    OperatorRow("Expand", notes: "constant shape", read: { try expand(&$0) }),
    OperatorRow("Tile", notes: "constant repeats", read: { try tile(&$0) }),
  ]

  private static func slice(_ reader: inout NodeReader) throws {
    let slices = try Slices(&reader)
    let map = try reader.map(0)
    let batch = reader.importer.batch ?? Int(Int32.max)
    let selections = try slices.positions(of: map.shape, reader).filter { axis, _ in
      axis >= reader.firstDataAxis || !slices.takesAll(ofAxis: axis, extent: batch)
    }
    try reader.produce(.map(reader.select(selections, of: map)))
  }

  private static func gather(_ reader: inout NodeReader) throws {
    let given = try reader.int("axis", default: 0)
    let indices = try reader.constant(1)
    let map = try reader.map(0)
    let axis = try reader.axis(given, rank: map.shape.count)
    let positions = try reader.positions(indices, extent: map.shape[axis])
    let selected = try reader.select([(axis, positions)], of: map, indices.shape.count == 1 ? nil : "selection")
    guard indices.shape.count != 1 else { return try reader.produce(.map(selected)) }
    let shape = map.shape[..<axis] + indices.shape + map.shape[(axis + 1)...]
    try reader.produce(.map(reader.reshape(selected, to: Array(shape))))
  }

  private static func split(_ reader: inout NodeReader) throws {
    let given = try reader.int("axis", default: 0)
    let sizes = try reader.ints("split", orInput: 1)
    let outputs = reader.node.outputs
    let count = try reader.int("num_outputs", default: outputs.count)
    let map = try reader.map(0)
    let axis = try reader.axis(given, rank: map.shape.count)
    let extent = map.shape[axis]
    try reader.require(count == outputs.count, "num_outputs = \(count) of \(outputs.count)", supported: "as many")
    // Equal parts, the last one smaller where they do not come out even.
    let part = (extent + count - 1) / count
    let parts = sizes ?? (0..<count).map { max(min(part, extent - $0 * part), 0) }
    try reader.require(
      parts.count == count && parts.allSatisfy { $0 > 0 && $0 <= extent } && parts.reduce(0, +) == extent,
      "parts \(parts) of \(extent) positions", supported: "one part of 1 or more for each of \(count) outputs")
    var start = 0
    for (output, size) in zip(outputs, parts) {
      let positions = Array(start..<start + size)
      start += size
      guard reader.importer.isRead(output) else { continue }
      try reader.assign(.map(reader.select([(axis, positions)], of: map, "part")), to: output)
    }
    reader.requireNoOtherAttributes()
  }

  private static func expand(_ reader: inout NodeReader) throws {
    let map = try reader.map(0)
    guard let target = try reader.constant(1).integers?.map({ Int($0) }) else {
      throw reader.problem("a shape of floats", supported: "integers")
    }
    let shape = try reader.require(
      target.allSatisfy { $0 > 0 } ? spreadShape(map.shape, reader.withoutBatch(target)) : nil,
      "a tensor of shape \(map.shape) expanded to \(target)", supported: "a shape that it spreads over")
    let spread = try reader.spread(map, over: shape)
    try reader.require(
      spread.shape == shape, "a tensor of shape \(map.shape) expanded to \(target)",
      supported: "the batch as it is")
    try reader.produce(.map(spread))
  }

  private static func tile(_ reader: inout NodeReader) throws {
    let map = try reader.map(0)
    let repeats = try reader.constant(1).integers?.map { Int($0) } ?? []
    try reader.require(
      repeats.count == map.shape.count && repeats.allSatisfy { (1...65536).contains($0) }, "repeats \(repeats)",
      supported: "one of 1 or more for each of \(map.shape.count) axes")
    let selections = repeats.enumerated().filter { $0.element > 1 }.map { axis, count in
      (axis: axis, positions: (0..<map.shape[axis] * count).map { $0 % map.shape[axis] })
    }
    try reader.produce(.map(reader.select(selections, of: map)))
  }

  private static func pad(_ reader: inout NodeReader) throws {
    let pads = try Pads(&reader)
    var map = try reader.realMap(0)
    let padding = try pads.padding(of: map.shape, reader)
    let selections = try padding.filter { !$0.isEmpty }.map {
      (axis: $0.axis, positions: try pads.positions(along: $0, in: map.shape, reader))
    }
    map = try reader.select(selections, of: map, pads.isConstant ? "cropped" : nil)
    guard pads.isConstant else { return try reader.produce(.map(map)) }
    let isShifted = pads.value != 0
    // Zeros are what is put around: the map moves so that the value is 0 meanwhile.
    if isShifted { map = try reader.shift(map, by: -Rational(pads.value), "shifted") }
    let ordered = padding.sorted { $0.axis < $1.axis }
    map = try reader.pad(
      map, ordered.map { WindowAxis(size: 1, before: max($0.before, 0), after: max($0.after, 0)) },
      over: ordered.map(\.axis), isShifted ? "padded" : nil)
    if isShifted { map = try reader.shift(map, by: Rational(pads.value)) }
    try reader.produce(.map(map))
  }
}

/// The constants of a Slice.
struct Slices {
  private let starts: [Int]
  private let ends: [Int]
  private let axes: [Int]
  private let steps: [Int]

  init(_ reader: inout NodeReader) throws {
    starts = try reader.ints("starts", orInput: 1) ?? []
    ends = try reader.ints("ends", orInput: 2) ?? []
    axes = try reader.ints("axes", orInput: 3) ?? Array(starts.indices)
    steps = try reader.constantIfPresent(4)?.integers?.map { Int($0) } ?? starts.map { _ in 1 }
    try reader.require(
      ends.count == starts.count && axes.count == starts.count && steps.count == starts.count
        && steps.allSatisfy { $0 != 0 && $0 > -(1 << 31) && $0 < 1 << 31 },
      "starts \(starts), ends \(ends), axes \(axes), steps \(steps)", supported: "as many of each, steps not 0")
  }

  /// Whether every index of an axis of an extent, or of a smaller one, is taken in order.
  func takesAll(ofAxis axis: Int, extent: Int) -> Bool {
    axes.indices.allSatisfy { axes[$0] != axis || (starts[$0] == 0 && ends[$0] >= extent && steps[$0] == 1) }
  }

  /// The positions taken along each axis.
  func positions(of shape: [Int], _ reader: NodeReader) throws -> [(axis: Int, positions: [Int])] {
    let counted = try axes.map { try reader.axis($0, rank: shape.count) }
    try reader.require(Set(counted).count == axes.count, "axes \(axes)", supported: "each axis once")
    return counted.indices.map { index in
      let slice = StridedSlice(from: starts[index], to: ends[index], by: steps[index])
      return (counted[index], slice.positions(in: shape[counted[index]]))
    }
  }
}

extension NodeReader {
  /// Indices along an axis, counted from its end where they are negative.
  func positions(_ indices: Constant, extent: Int) throws -> [Int] {
    guard let integers = indices.integers else { throw problem("indices of floats", supported: "integers") }
    return try integers.map { index in
      let counted = index < 0 ? index + Int64(extent) : index
      try require(
        (0..<Int64(extent)).contains(counted), "index \(index) of an axis of extent \(extent)",
        supported: "\(-extent) to \(extent - 1)")
      return Int(counted)
    }
  }

  /// Every element plus a number.
  mutating func shift(_ map: FeatureMap, by number: Rational, _ suffix: String? = nil) throws -> FeatureMap {
    try append(ElementwiseOp([.affine(scale: .one, shift: number)]), to: map, suffix)
  }
}

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

import Diagnostics
import Numbers
import QIR
import Quantization
import TFLite

/// Moves: codes stay what they are.
enum ShapeOperators {
  static let rows = [
    OperatorRow("RESHAPE", "SQUEEZE", "EXPAND_DIMS", notes: "to shapes that the file says", read: { try reshape(&$0) }),
    OperatorRow("TRANSPOSE", notes: "the batch stays in front", read: { try transpose(&$0) }),
    OperatorRow("CONCATENATION", notes: "along any axis but the batch, of one scale", read: { try concatenate(&$0) }),
    OperatorRow("PACK", notes: "of one scale", read: { try pack(&$0) }),
    OperatorRow("SPLIT", "SPLIT_V", "UNPACK", notes: "constant axes and sizes", read: { try split(&$0) }),
    OperatorRow("SLICE", notes: "constant begins and sizes", read: { try slice(&$0) }),
    OperatorRow(
      "STRIDED_SLICE", notes: "constant begins, ends and strides, without ellipses and new axes",
      read: { try stridedSlice(&$0) }),
    OperatorRow("PAD", "PADV2", notes: "rows and columns of zeros", read: { try pad(&$0) }),
    OperatorRow("MIRROR_PAD", read: { try mirrorPad(&$0) }),
    OperatorRow("GATHER", notes: "constant positions", read: { try gather(&$0) }),
  ]

  private static func reshape(_ reader: inout OperatorReader) throws {
    let map = try reader.anyMap(0)
    let elements = map.shape.reduce(1, *)
    let result = try reader.declaredShape(elements: elements) ?? wantedShape(of: elements, &reader)
    let shape = FeatureMap.nodeShape(result)
    try reader.require(
      shape.isSupported && shape.elements == elements,
      "a tensor of shape \(map.shape) as one of shape \(result)", supported: "the same number of elements")
    try reader.produce(ReshapeOp(shape: shape), of: [map.node], in: map.format)
  }

  /// What RESHAPE's second input says, in which -1 is what is left.
  private static func wantedShape(of elements: Int, _ reader: inout OperatorReader) throws -> [Int] {
    guard reader.name == "RESHAPE", reader.hasInput(1), try reader.isConstant(1) else {
      return try reader.resultShape(elements: elements)
    }
    let wanted = try reader.list(1)
    let known = wanted.filter { $0 != -1 }
    try reader.require(
      known.allSatisfy { (1...1 << 28).contains($0) } && wanted.count - known.count <= 1 && wanted.count <= 6,
      "a reshape to \(wanted)", supported: "extents above 0, and at most one -1")
    let rest = Double(elements) / known.reduce(1.0) { $0 * Double($1) }
    return wanted.map { $0 == -1 ? Int(rest) : $0 }
  }

  private static func transpose(_ reader: inout OperatorReader) throws {
    let map = try reader.anyMap(0)
    let order = try reader.list(1)
    try reader.require(
      Shape(map.shape).isPermutation(order), "axes \(order) of a tensor of shape \(map.shape)",
      supported: "every axis once")
    let whole = try reader.whole(map)
    let permuted = try reader.append(TransposeOp(permutation: order), "axes", inputs: [whole])
    let shape = FeatureMap.nodeShape(order.map { map.shape[$0] })
    try reader.produce(ReshapeOp(shape: shape), of: [permuted], in: map.format)
  }

  private static func concatenate(_ reader: inout OperatorReader) throws {
    let activation = try reader.activation()
    try reader.require(activation == .none, "a fused activation", supported: "none")
    let axis = reader.integer("axis")
    let parts = reader.op.inputs.indices.map { input in reader.check { try $0.anyMap(input) } }.compactMap(\.self)
    guard parts.count == reader.op.inputs.count, let first = parts.first else { throw Skipped() }
    try reader.requireOneFormat(parts)
    let place = try reader.axis(axis, of: first)
    try reader.produce(
      ConcatenateOp(axis: place), of: parts.map(\.node), in: first.format,
      parts: first.format == nil ? (parts, place) : nil)
  }

  private static func pack(_ reader: inout OperatorReader) throws {
    _ = reader.integer("values_count")
    let axis = reader.integer("axis")
    let parts = reader.op.inputs.indices.map { input in reader.check { try $0.anyMap(input) } }.compactMap(\.self)
    guard parts.count == reader.op.inputs.count, let first = parts.first else { throw Skipped() }
    try reader.requireOneFormat(parts)
    let rank = first.shape.count + 1
    let place = axis < 0 ? axis + rank : axis
    try reader.require((0..<rank).contains(place), "axis \(axis)", supported: "\(-rank) to \(rank - 1)")
    var shape = first.shape
    shape.insert(1, at: place)
    let columns = try parts.enumerated().map { index, part in
      try reader.append(ReshapeOp(shape: Shape(shape)), "part\(index)", inputs: [part.node])
    }
    let all = try reader.append(ConcatenateOp(axis: place), "all", inputs: columns)
    let elements = parts.reduce(0) { $0 + $1.shape.reduce(1, *) }
    try reader.produce(
      ReshapeOp(shape: FeatureMap.nodeShape(try reader.resultShape(elements: elements))), of: [all], in: first.format)
  }

  private static func split(_ reader: inout OperatorReader) throws {
    let isUnpacking = reader.name == "UNPACK"
    let hasSizes = reader.name == "SPLIT_V"
    let map = try reader.anyMap(reader.name == "SPLIT" ? 1 : 0)
    let axis = isUnpacking ? reader.integer("axis") : try reader.list(hasSizes ? 2 : 0).first ?? 0
    let count = reader.integer(isUnpacking ? "num" : "num_splits")
    let place = axis < 0 ? axis + map.shape.count : axis
    let extent = map.shape.indices.contains(place) ? map.shape[place] : 0
    try reader.require(
      count > 0 && count == reader.op.outputs.count && extent > 0,
      "\(count) parts of axis \(axis) of a tensor of shape \(map.shape)",
      supported: "as many results")
    let sizes = hasSizes ? try reader.list(1) : Array(repeating: isUnpacking ? 1 : extent / count, count: count)
    // One size may be -1: what is left.
    let known = sizes.filter { $0 >= 0 }
    let rest = known.allSatisfy { $0 <= extent } ? extent - known.reduce(0, +) : -1
    let parts = sizes.map { $0 == -1 ? rest : $0 }
    try reader.require(
      parts.count == count && known.count >= count - 1 && parts.allSatisfy { $0 > 0 } && parts.reduce(0, +) == extent,
      "parts of sizes \(sizes) of axis \(axis) of a tensor of shape \(map.shape)",
      supported: "sizes that make up the axis")
    var begin = 0
    for (part, size) in parts.enumerated() {
      let whole = try reader.whole(map, "part\(part)")
      let select = SelectOp(Array(begin..<(begin + size)), along: place, rank: map.shape.count)
      begin += size
      let picked = try reader.append(select, "part\(part)/picked", inputs: [whole])
      let shape = try reader.resultShape(part, elements: map.shape.reduce(1, *) / extent * size)
      try reader.produce(
        ReshapeOp(shape: FeatureMap.nodeShape(shape)), of: [picked], in: map.format, output: part)
    }
  }

  private static func gather(_ reader: inout OperatorReader) throws {
    let (axis, batchAxes) = (reader.integer("axis"), reader.integer("batch_dims"))
    let map = try reader.anyMap(0)
    let place = axis < 0 ? axis + map.shape.count : axis
    let positions = try reader.list(1)
    try reader.require(
      batchAxes == 0 && map.shape.indices.contains(place)
        && positions.allSatisfy { (0..<map.shape[place]).contains($0) },
      "positions \(positions) along axis \(axis), batch_dims \(batchAxes), of a tensor of shape \(map.shape)",
      supported: "positions along one axis")
    try reader.select(
      map.shape.enumerated().map { $0 == place ? positions : Array(0..<$1) }, of: map)
  }

  private static func slice(_ reader: inout OperatorReader) throws {
    let map = try reader.anyMap(0)
    let (begins, sizes) = (try reader.list(1), try reader.list(2))
    try reader.require(
      begins.count == map.shape.count && sizes.count == map.shape.count
        && map.shape.indices.allSatisfy { axis in
          let size = sizes[axis] == -1 ? map.shape[axis] - begins[axis] : sizes[axis]
          return begins[axis] >= 0 && size > 0 && size <= map.shape[axis] && begins[axis] <= map.shape[axis] - size
        }, "a slice from \(begins) of sizes \(sizes) of a tensor of shape \(map.shape)",
      supported: "slices inside of it")
    let positions = map.shape.indices.map { axis in
      let size = sizes[axis] == -1 ? map.shape[axis] - begins[axis] : sizes[axis]
      return Array(begins[axis]..<(begins[axis] + size))
    }
    try reader.select(positions, of: map)
  }

  private static func stridedSlice(_ reader: inout OperatorReader) throws {
    let map = try reader.anyMap(0)
    try reader.select(reader.stridedPositions(of: map.shape), of: map)
  }

  private static func pad(_ reader: inout OperatorReader) throws {
    let (map, format) = try reader.map(0)
    let sides = try reader.sides(of: map)
    if reader.hasInput(2) {
      let value = try reader.list(2)
      try reader.require(
        value == [Int(format.zeroPoint)], "padding with the code \(value)",
        supported: "the zero point, \(format.zeroPoint)")
    }
    try reader.require(
      map.shape.count == 4 && map.shape[0] == 1 && sides[0] == (0, 0) && sides[3] == (0, 0),
      "padding of \(sides) of a tensor of shape \(map.shape)",
      supported: "rows and columns of [1, rows, columns, channels]")
    let padding = Padding(top: sides[1].0, bottom: sides[1].1, left: sides[2].0, right: sides[2].1)
    try reader.produce(PadOp(padding: padding), of: [map.node], in: format)
  }

  private static func mirrorPad(_ reader: inout OperatorReader) throws {
    // REFLECT leaves out the edge, SYMMETRIC repeats it.
    let edge = reader.integer("mode") == 0 ? 1 : 0
    let map = try reader.anyMap(0)
    let sides = try reader.sides(of: map)
    try reader.require(
      zip(sides, map.shape).allSatisfy { max($0.0, $0.1) <= $1 - edge },
      "mirrored padding of \(sides) of a tensor of shape \(map.shape)", supported: "no more than there is to mirror")
    let positions = zip(sides, map.shape).map { sides, extent in
      (0..<sides.0).reversed().map { $0 + edge } + Array(0..<extent) + (0..<sides.1).map { extent - 1 - edge - $0 }
    }
    try reader.select(positions, of: map)
  }
}

extension OperatorReader {
  /// The positions along each axis that a strided slice takes of a tensor.
  mutating func stridedPositions(of shape: [Int]) throws -> [[Int]] {
    let masks = ["begin_mask", "end_mask", "shrink_axis_mask"].map { integer($0) }
    let others = ["ellipsis_mask", "new_axis_mask", "offset"].filter { integer($0) != 0 }
    try require(others.isEmpty, others.joined(separator: " and "), supported: "0")
    let (begins, ends, strides) = (try list(1), try list(2), try list(3))
    try require(
      begins.count == ends.count && begins.count == strides.count && begins.count <= shape.count
        && !strides.contains(0),
      "begins \(begins), ends \(ends) and strides \(strides) for a tensor of shape \(shape)",
      supported: "one of each for an axis, strides other than 0")
    return shape.enumerated().map { axis, extent -> [Int] in
      guard axis < begins.count else { return Array(0..<extent) }
      func isSet(_ mask: Int) -> Bool { mask >> axis & 1 == 1 }
      let slice = StridedSlice(
        from: isSet(masks[0]) ? nil : begins[axis], to: isSet(masks[1]) ? nil : ends[axis], by: strides[axis])
      guard isSet(masks[2]) else { return slice.positions(in: extent) }
      let begin = slice.first(in: extent)
      return (0..<extent).contains(begin) ? [begin] : []
    }
  }

  /// Of the map's node, which has all pixels in their places.
  func extents(of map: FeatureMap) -> [Int] { importer.graph[map.node].shape.extents }

  /// A node of the map with the batch as an axis.
  mutating func whole(_ map: FeatureMap, _ suffix: String? = nil) throws -> NodeID {
    if importer.graph[map.node].shape.extents == map.shape { return map.node }
    return try append(
      ReshapeOp(shape: Shape(map.shape)), suffix.map { "\($0)/whole" } ?? "whole", inputs: [map.node])
  }

  /// The result is the elements at chosen positions along each axis.
  mutating func select(_ positions: [[Int]], of map: FeatureMap) throws {
    try require(
      positions.allSatisfy { !$0.isEmpty }, "a selection of nothing of a tensor of shape \(map.shape)",
      supported: "one position or more along each axis")
    let whole = try whole(map)
    let axes = zip(positions, map.shape).map { positions, extent in
      positions == Array(0..<extent) ? AxisPositions.all : .chosen(positions)
    }
    let picked = try append(SelectOp(axes: axes), "picked", inputs: [whole])
    let elements = positions.reduce(1) { $0 * $1.count }
    try produce(
      ReshapeOp(shape: FeatureMap.nodeShape(try resultShape(elements: elements))), of: [picked], in: map.format)
  }

  /// What is put in front of each axis and behind it.
  mutating func sides(of map: FeatureMap) throws -> [(Int, Int)] {
    let amounts = try list(1)
    try require(
      amounts.count == 2 * map.shape.count && amounts.allSatisfy { (0...65536).contains($0) },
      "paddings \(amounts) of a tensor of shape \(map.shape)", supported: "two of 0 to 65536 for each axis")
    return map.shape.indices.map { (amounts[2 * $0], amounts[2 * $0 + 1]) }
  }

  /// An axis of the map's node.
  func axis(_ axis: Int, of map: FeatureMap) throws -> Int {
    let dropped = map.shape.count - importer.graph[map.node].shape.rank
    let place = (axis < 0 ? axis + map.shape.count : axis) - dropped
    try require(
      importer.graph[map.node].shape.extents.indices.contains(place), "axis \(axis) of a tensor of shape \(map.shape)",
      supported: "its axes behind the batch")
    return place
  }

  func requireOneFormat(_ maps: [FeatureMap]) throws {
    try require(
      maps.allSatisfy { $0.format == maps[0].format }, "tensors of several scales or zero points",
      supported: "one for all", fix: "convert the network again: the converter gives them one")
  }
}

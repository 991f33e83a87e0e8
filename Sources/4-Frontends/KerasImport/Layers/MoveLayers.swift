import Diagnostics
import JSON
import QIR

/// Layers that leave elements out, repeat them, put zeros around them or give their axes another order.
enum MoveLayers {
  static let rows = [
    LayerRow(["ZeroPadding1D": .read("padding", "data_format")], read: padSteps),
    LayerRow(["ZeroPadding2D": .read("padding", "data_format")], read: pad),
    LayerRow(["Cropping1D": .read("cropping")], read: cropSteps),
    LayerRow(["Cropping2D": .read("cropping", "data_format")], read: crop),
    LayerRow(["UpSampling1D": .read("size")], read: repeatSteps),
    LayerRow(
      ["UpSampling2D": .read("size", "data_format", "interpolation")], notes: "nearest, bilinear", read: upsample),
    LayerRow(
      ["Resizing": .read("height", "width", "interpolation", "crop_to_aspect_ratio")],
      notes: "nearest, bilinear, of any size", read: resize),
    LayerRow(["RepeatVector": .read("n")], read: repeatVector),
    LayerRow(["Permute": .read("dims")], read: permute),
    LayerRow(
      ["SlicingOpLambda": .read("slice_spec")], notes: "`x[:, 1:, ::2]`, `x[..., 0]`: constants alone", read: slice),
  ]

  // MARK: Padding

  private static func padSteps(_ layer: inout LayerReader) throws -> NodeID {
    layer.check { try $0.config.requireChannelsLast() }
    let padding = layer.check { try sides($0.config.member("padding")) }
    let row = try layer.appendRow()
    guard let padding else { throw Skipped() }
    let op = PadOp(padding: Padding(left: padding.before, right: padding.after))
    return try layer.appendSequence(of: layer.append(op, "row_result", inputs: [row]), then: .linear)
  }

  private static func pad(_ layer: inout LayerReader) throws -> NodeID {
    layer.check { try $0.config.requireChannelsLast() }
    let sides = layer.check { try Self.sidesOfPlane($0.config.member("padding")) }
    let input = try layer.input()
    guard let sides else { throw Skipped() }
    let padding = Padding(
      top: sides[0].before, bottom: sides[0].after, left: sides[1].before, right: sides[1].after)
    return try layer.append(PadOp(padding: padding), inputs: [input])
  }

  private typealias Sides = (before: Int, after: Int)

  /// n, or [before, after].
  private static func sides(_ node: JSONNode) throws -> Sides {
    guard case .array = node.value else {
      let both = try node.int(in: 0...65536)
      return (both, both)
    }
    let numbers = try node.array()
    guard numbers.count == 2 else { throw node.problem("has \(numbers.count) numbers", supported: "two") }
    return (try numbers[0].int(in: 0...65536), try numbers[1].int(in: 0...65536))
  }

  /// n, [rows, columns] or [[top, bottom], [left, right]].
  private static func sidesOfPlane(_ node: JSONNode) throws -> [Sides] {
    guard case .array = node.value else { return Array(repeating: try sides(node), count: 2) }
    let axes = try node.array()
    guard axes.count == 2 else { throw node.problem("has \(axes.count) axes", supported: "two") }
    return try axes.map(sides)
  }

  // MARK: Selections

  private static func cropSteps(_ layer: inout LayerReader) throws -> NodeID {
    let cropping = layer.check { try [sides($0.config.member("cropping"))] }
    return try crop(&layer, cropping, rank: 2)
  }

  private static func crop(_ layer: inout LayerReader) throws -> NodeID {
    layer.check { try $0.config.requireChannelsLast() }
    let cropping = layer.check { try sidesOfPlane($0.config.member("cropping")) }
    return try crop(&layer, cropping, rank: 3)
  }

  private static func crop(_ layer: inout LayerReader, _ cropping: [Sides]?, rank: Int) throws -> NodeID {
    let shape = try layer.inputShape(rank: rank)
    guard let cropping else { throw Skipped() }
    let axes = try zip(cropping, shape.extents).map { sides, extent -> AxisPositions in
      try require(
        sides.before + sides.after < extent, "\(layer.className) takes \(sides.before) and \(sides.after) of \(extent)",
        at: layer.location, supported: "crops that leave something")
      return .chosen(Array(sides.before..<extent - sides.after))
    }
    return try layer.append(SelectOp(axes: axes + [.all]), inputs: [try layer.input()])
  }

  private static func repeatSteps(_ layer: inout LayerReader) throws -> NodeID {
    let size = layer.check { try $0.config.length("size") }
    return try repeated(&layer, size.map { [$0] }, rank: 2)
  }

  private static func upsample(_ layer: inout LayerReader) throws -> NodeID {
    layer.check { try $0.config.requireChannelsLast() }
    let size = layer.check { try $0.config.extent("size") }
    let isLinear = layer.check { try Self.isLinear($0, default: false) }
    guard isLinear ?? false else { return try repeated(&layer, size.map { [$0.rows, $0.columns] }, rank: 3) }
    let shape = try layer.inputShape(rank: 3)
    guard let size else { throw Skipped() }
    try layer.checkSize(Shape([shape.extents[0] * size.rows, shape.extents[1] * size.columns, 9 * shape.channels]))
    return try interpolated(&layer, to: [shape.extents[0] * size.rows, shape.extents[1] * size.columns])
  }

  /// Whether `interpolation` is bilinear, and not the nearest pixel.
  private static func isLinear(_ layer: LayerReader, default standard: Bool) throws -> Bool {
    guard let interpolation = try layer.config.memberIfPresent("interpolation") else { return standard }
    let name = try interpolation.string()
    guard ["nearest", "bilinear"].contains(name) else {
      throw interpolation.problem(
        "is '\(name)'", supported: "nearest, bilinear", fix: "train with interpolation='bilinear'")
    }
    return name == "bilinear"
  }

  /// Pixels are areas, as in `tf.image.resize`.
  private static func interpolated(_ layer: inout LayerReader, to size: [Int]) throws -> NodeID {
    let shape = try layer.inputShape(rank: 3)
    let axes = zip(shape.extents, size).map { Interpolation.Axis(extent: $0, centeredTo: $1) }
    let operators = try require(
      Interpolation(rows: axes[0], columns: axes[1]).operators(over: shape),
      "bilinear interpolation of \(shape.extents.prefix(2)) to \(size), which takes too many different weights",
      at: layer.location, supported: "sizes whose ratios are short fractions", fix: "choose such a size")
    var result = try layer.input()
    for (index, op) in operators.enumerated() {
      let isLast = index == operators.count - 1
      result = try layer.append(op, isLast ? nil : "\(type(of: op).mnemonic)\(index)", inputs: [result])
    }
    return result
  }

  /// `tf.image.resize` without antialias.
  private static func resize(_ layer: inout LayerReader) throws -> NodeID {
    let size = layer.check { layer in
      try ["height", "width"].map { try layer.config.int($0, in: 1...65536) }
    }
    let isLinear = layer.check { try Self.isLinear($0, default: true) }
    layer.check { layer in
      if try layer.config.flag("crop_to_aspect_ratio", default: false) {
        throw layer.config.problem(
          "says crop_to_aspect_ratio", supported: "false", fix: "put Cropping2D in front of it in its place")
      }
    }
    let shape = try layer.inputShape(rank: 3)
    guard let size, let isLinear else { throw Skipped() }
    try layer.checkSize(Shape(size + [shape.channels]))
    if isLinear { return try interpolated(&layer, to: size) }
    let axes = zip(shape.extents, size).map { extent, result in
      // As TensorFlow's kernel counts, in float32.
      let scale = Float(extent) / Float(result)
      return AxisPositions.chosen((0..<result).map { min(Int((Float($0) + 0.5) * scale), extent - 1) })
    }
    return try layer.append(SelectOp(axes: axes + [.all]), inputs: [try layer.input()])
  }

  /// Each position of the axes in front of the channels so many times.
  private static func repeated(_ layer: inout LayerReader, _ factors: [Int]?, rank: Int) throws -> NodeID {
    let shape = try layer.inputShape(rank: rank)
    guard let factors else { throw Skipped() }
    try layer.checkSize(Shape(zip(factors, shape.extents).map { $0 * $1 } + [shape.channels]))
    let axes = zip(factors, shape.extents).map { factor, extent in
      AxisPositions.chosen((0..<extent * factor).map { $0 / factor })
    }
    return try layer.append(SelectOp(axes: axes + [.all]), inputs: [try layer.input()])
  }

  private static func repeatVector(_ layer: inout LayerReader) throws -> NodeID {
    let count = layer.check { try $0.config.int("n", in: 1...65536) }
    let shape = try layer.inputShape(rank: 1)
    guard let count else { throw Skipped() }
    try layer.checkSize(Shape([count, shape.channels]))
    let row = try layer.append(ReshapeOp(shape: Shape([1, shape.channels])), "row", inputs: [try layer.input()])
    return try layer.append(
      SelectOp(Array(repeating: 0, count: count), along: 0, rank: 2), inputs: [row])
  }

  /// What stands between the brackets of `x[…]`, as Python has it; the batch stays whole.
  private static func slice(_ layer: inout LayerReader) throws -> NodeID {
    let shape = try layer.inputShape()
    let kept = layer.check { layer in
      var slices = try layer.config.array("slice_spec")
      if let gap = slices.firstIndex(where: { $0.value["class_name"] == "__ellipsis__" }) {
        let whole = JSONNode(.object([]), path: slices[gap].path, at: slices[gap].location)
        slices.replaceSubrange(gap...gap, with: Array(repeating: whole, count: max(shape.rank + 2 - slices.count, 0)))
      }
      try layer.config.require(
        slices.count <= shape.rank + 1, "has \(slices.count) slices",
        supported: "one for each of \(shape.rank + 1) axes")
      return try zip(slices, [1] + shape.extents).map { try positions($0, of: $1) }
    }
    let input = try layer.input()
    guard let kept else { throw Skipped() }
    try require(
      kept.first.map { $0 == .all } ?? true, "a slice of the batch", at: layer.location,
      supported: "samples as they are",
      fix: "begin with x[:, …]")
    let axes = kept.dropFirst() + Array(repeating: .all, count: shape.rank + 1 - kept.count)
    let isDropped = try layer.config.array("slice_spec").contains { if case .int = $0.value { true } else { false } }
    guard isDropped else { return try layer.append(SelectOp(axes: axes.map(\.positions)), inputs: [input]) }
    let selected = try layer.append(SelectOp(axes: axes.map(\.positions)), "axes", inputs: [input])
    let extents = zip(axes, layer.graph[selected].shape.extents).compactMap { $0.isDropped ? nil : $1 }
    return try layer.append(ReshapeOp(shape: Shape(extents.isEmpty ? [1] : extents)), inputs: [selected])
  }

  /// What an index or a slice leaves of an axis.
  private static func positions(_ slice: JSONNode, of extent: Int) throws -> Kept {
    if case .int(let index) = slice.value {
      let position = index < 0 ? index + extent : index
      try slice.require((0..<extent).contains(position), "is \(index)", supported: "positions of an axis of \(extent)")
      return Kept(positions: .chosen([position]), isDropped: true)
    }
    let slice = slice.value["class_name"] == "__slice__" ? try slice.member("config") : slice
    let (start, stop) = (try slice.intIfPresent("start"), try slice.intIfPresent("stop"))
    let step = try slice.intIfPresent("step") ?? 1
    try slice.require(step != 0 && step.magnitude <= 65536, "has the step \(step)", supported: "-65536 to 65536, but 0")
    let positions = StridedSlice(from: start, to: stop, by: step).positions(in: extent)
    try slice.require(!positions.isEmpty, "leaves nothing of an axis of \(extent)", supported: "one position or more")
    return Kept(positions: positions == Array(0..<extent) ? .all : .chosen(positions), isDropped: false)
  }

  /// What is left of an axis, which an index takes away.
  private struct Kept: Equatable {
    var positions: AxisPositions
    var isDropped: Bool

    static let all = Kept(positions: .all, isDropped: false)
  }

  // MARK: The order of axes

  /// Keras counts from 1, the batch being 0.
  private static func permute(_ layer: inout LayerReader) throws -> NodeID {
    let dims = layer.check { layer in try layer.config.array("dims").map { try $0.int(in: 1...64) } }
    let shape = try layer.inputShape()
    guard let dims else { throw Skipped() }
    let permutation = dims.map { $0 - 1 }
    try require(
      shape.isPermutation(permutation), "dims \(dims) of \(shape.rank) axes besides the batch", at: layer.location,
      supported: "every axis once")
    return try layer.append(TransposeOp(permutation: permutation), inputs: [try layer.input()])
  }
}

import Diagnostics
import Numbers
import QIR
import Quantization

/// Maps of another number of pixels.
enum ResizeOperators {
  static let rows = [
    OperatorRow("RESIZE_NEAREST_NEIGHBOR", read: { try resize(&$0) }),
    OperatorRow(
      "RESIZE_BILINEAR", notes: "int8, int16, and uint8 where float32 rounds as real numbers do",
      read: { try interpolate(&$0) }),
    OperatorRow("SPACE_TO_DEPTH", "DEPTH_TO_SPACE", read: { try moveDepth(&$0) }),
    OperatorRow(
      "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND", notes: "around convolutions, which they dilate",
      read: { try $0.name == "SPACE_TO_BATCH_ND" ? takeApart(&$0) : putTogether(&$0) }),
  ]

  /// Places of pixels in steps of 1/1024, the codes between them rounded with halves away from zero, or once: halves up
  /// (tensorflow/lite/kernels/internal/reference/resize_bilinear.h, `ResizeBilinearInteger`).
  private static func interpolate(_ reader: inout OperatorReader) throws {
    let alignsCorners = reader.flag("align_corners")
    let isCentered = reader.flag("half_pixel_centers")
    let (map, format) = try reader.map(0)
    let size = try reader.list(1)
    try reader.require(!(alignsCorners && isCentered), "align_corners and half_pixel_centers", supported: "one of them")
    try reader.require(
      map.shape.count == 4 && map.shape[0] == 1 && size.count == 2
        && (size + map.shape.dropFirst()).allSatisfy { (1...65536).contains($0) },
      "a tensor of shape \(map.shape) in size \(size)", supported: "[1, rows, columns, channels]")
    func axis(_ extent: Int, _ wanted: Int) throws -> Interpolation.Axis {
      let isAligned = alignsCorners && wanted > 1
      let (span, steps) = isAligned ? (extent - 1, wanted - 1) : (extent, wanted)
      guard format.type.isSigned else {
        let step = Rational(Int64(span)) / Rational(Int64(steps))
        return Interpolation.Axis(
          extent: extent, result: wanted, start: isCentered ? (step - .one) / 2 : .zero, step: step)
      }
      let step = (1024 * span + steps / 2) / steps
      let start = isCentered ? step / 2 - 512 : 0
      try reader.require(
        start + step * (wanted - 1) < 1024 * extent,
        "\(wanted) positions of \(extent), of which the kernel reads some behind the edge",
        supported: "sizes up to about 45 times the root of the extent")
      let unit = Rational.powerOfTwo(-10)
      return Interpolation.Axis(
        extent: extent, result: wanted, start: Rational(Int64(start)) * unit, step: Rational(Int64(step)) * unit)
    }
    let interpolation = Interpolation(
      rows: try axis(map.shape[1], size[0]), columns: try axis(map.shape[2], size[1]))
    let operators = try reader.require(
      interpolation.operators(over: Shape(Array(map.shape.dropFirst()))),
      "interpolation from \(map.shape[1]) x \(map.shape[2]) to \(size[0]) x \(size[1]) pixels",
      supported: "fewer channels, or pixels, or sizes whose ratios are short fractions")
    try reader.require(
      format.type.isSigned || interpolation.roundsAlikeInSinglePrecision,
      "interpolation of \(format.type) from \(map.shape[1]) x \(map.shape[2]) to \(size[0]) x \(size[1]) pixels, which the kernel "
        + "computes in float32", supported: "steps of few binary places, or small maps of steps of odd fractions",
      fix: "convert the network with int8")
    let between = try reader.append(operators, "between", input: map.node)
    let isOnce = reader.importer.rounding == .single || !format.type.isSigned
    let rounding: Rounding = isOnce ? .twice(bits: 0) : .halfAwayFromZero
    try reader.produceCodes(
      between,
      by: [
        FeatureMapQuantizer(
          steps: .uniform(
            UniformSteps(
              gain: .one / Rational(format.scale), bias: Rational(format.zeroPoint), clamp: format.type.range,
              rounding: rounding)), format: format.codes())
      ])
  }

  /// Places of pixels in float32 (tensorflow/lite/kernels/internal/reference/resize_nearest_neighbor.h).
  private static func resize(_ reader: inout OperatorReader) throws {
    let alignsCorners = reader.flag("align_corners")
    let isCentered = reader.flag("half_pixel_centers")
    let map = try reader.anyMap(0)
    let size = try reader.list(1)
    try reader.require(
      map.shape.count == 4 && size.count == 2 && size.allSatisfy { (1...65536).contains($0) },
      "a tensor of shape \(map.shape) in size \(size)", supported: "[1, rows, columns, channels]")
    func positions(_ extent: Int, _ wanted: Int) -> [Int] {
      let scale = alignsCorners && wanted > 1 ? Float(extent - 1) / Float(wanted - 1) : Float(extent) / Float(wanted)
      return (0..<wanted).map { place in
        let position = (Float(place) + (isCentered ? 0.5 : 0)) * scale
        let nearest = Int(alignsCorners ? position.rounded(.toNearestOrAwayFromZero) : position.rounded(.down))
        return min(max(nearest, 0), extent - 1)
      }
    }
    try reader.select(
      [[0], positions(map.shape[1], size[0]), positions(map.shape[2], size[1]), Array(0..<map.shape[3])], of: map)
  }

  /// (tensorflow/lite/kernels/internal/reference/space_to_depth.h, depth_to_space.h)
  private static func moveDepth(_ reader: inout OperatorReader) throws {
    let isDeeper = reader.name == "SPACE_TO_DEPTH"
    let size = reader.integer("block_size")
    let map = try reader.anyMap(0)
    let extents = reader.extents(of: map)
    try reader.require(
      extents.count == 3 && (1...256).contains(size)
        && (isDeeper
          ? extents[0].isMultiple(of: size) && extents[1].isMultiple(of: size)
          : extents[2].isMultiple(of: size * size)),
      "blocks of \(size) x \(size) of a tensor of shape \(map.shape)",
      supported: isDeeper ? "rows and columns of whole blocks" : "channels for every pixel of a block")
    let (rows, columns, channels) = (extents[0], extents[1], extents[2])
    let (apart, result) =
      isDeeper
      ? ([rows / size, size, columns / size, size, channels], [rows / size, columns / size, channels * size * size])
      : (
        [rows, columns, size, size, channels / (size * size)], [rows * size, columns * size, channels / (size * size)]
      )
    let pixels = try reader.append(ReshapeOp(shape: Shape(apart)), "apart", inputs: [map.node])
    let moved = try reader.append(TransposeOp(permutation: [0, 2, 1, 3, 4]), "moved", inputs: [pixels])
    try reader.produce(ReshapeOp(shape: Shape(result)), of: [moved], in: map.format)
  }

  private static func takeApart(_ reader: inout OperatorReader) throws {
    let (map, format) = try reader.map(0)
    let (block, sides) = try blockAndSides(&reader)
    let extents = reader.extents(of: map)
    try reader.require(
      extents.count == 3 && (extents[0] + sides[0] + sides[1]).isMultiple(of: block.rows)
        && (extents[1] + sides[2] + sides[3]).isMultiple(of: block.columns),
      "blocks of \(block) of a tensor of shape \(map.shape) with \(sides) around it",
      supported: "[1, rows, columns, channels] of whole blocks")
    let padding = Padding(top: sides[0], bottom: sides[1], left: sides[2], right: sides[3])
    try reader.produce(PadOp(padding: padding), of: [map.node], in: format, block: block)
  }

  private static func putTogether(_ reader: inout OperatorReader) throws {
    let (map, format) = try reader.map(0, inBlocks: true)
    let (block, sides) = try blockAndSides(&reader)
    let extents = reader.extents(of: map)
    try reader.require(
      map.block == block, "blocks of \(block) of a tensor that \(map.block.map { "has those of \($0)" } ?? "has none")",
      supported: "those of SPACE_TO_BATCH_ND in front of it")
    try reader.require(
      sides[0] + sides[1] < extents[0] && sides[2] + sides[3] < extents[1],
      "\(sides) cut off a tensor of \(extents)", supported: "less than there is")
    let axes: [AxisPositions] = [
      .chosen(Array(sides[0]..<(extents[0] - sides[1]))), .chosen(Array(sides[2]..<(extents[1] - sides[3]))), .all,
    ]
    try reader.produce(SelectOp(axes: axes), of: [map.node], in: format)
  }

  private static func blockAndSides(_ reader: inout OperatorReader) throws -> (block: Extents, sides: [Int]) {
    let (block, sides) = (try reader.list(1), try reader.list(2))
    try reader.require(
      block.count == 2 && sides.count == 4 && block.allSatisfy { (1...256).contains($0) }
        && sides.allSatisfy { (0...65536).contains($0) }, "blocks of \(block) with \(sides) around them",
      supported: "two numbers of 1 to 256, and four of 0 to 65536")
    return (Extents(rows: block[0], columns: block[1]), sides)
  }
}

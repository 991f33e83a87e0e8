import Diagnostics
import QIR

/// Operators that give elements other places and change none.
enum ShapeOperators {
  static let rows = [
    OperatorRow("Reshape", notes: "constant shape, also with 0 and -1; allowzero", read: { try reshape(&$0) }),
    OperatorRow("Flatten", notes: "any axis", read: { try flatten(&$0) }),
    OperatorRow("Squeeze", read: { try squeeze(&$0) }),
    OperatorRow("Unsqueeze", read: { try unsqueeze(&$0) }),
    OperatorRow("Transpose", read: { try transpose(&$0) }),
    OperatorRow("Concat", notes: "any axis", read: { try concatenate(&$0) }),
    OperatorRow("DepthToSpace", notes: "modes DCR and CRD", read: { try depthToSpace(&$0) }),
    OperatorRow("SpaceToDepth", notes: "modes DCR and CRD", read: { try spaceToDepth(&$0) }),
  ]

  private static func reshape(_ reader: inout NodeReader) throws {
    let keepsZeros = try reader.flag("allowzero", default: false)
    guard let target = try reader.ints("shape", orInput: 1) else { throw reader.problem("no shape") }
    if let constant = try reader.constantIfPresent(1), constant.shape.isEmpty {
      throw reader.problem("a shape that is one number", supported: "a list, of one axis")
    }
    let map = try reader.map(0)
    let shape = try resolve(reader.withoutBatch(target), of: map.shape, keepsZeros: keepsZeros, reader)
    try reader.produce(.map(reader.reshape(map, to: shape)))
  }

  /// ONNX: 0 is the extent that was there, -1 is what is left.
  static func resolve(_ target: [Int], of shape: [Int], keepsZeros: Bool, _ reader: NodeReader) throws -> [Int] {
    var result = target
    for (axis, extent) in target.enumerated() where extent == 0 && !keepsZeros {
      guard shape.indices.contains(axis) else { throw reader.problem("a 0 in shape \(target) without an axis to copy") }
      result[axis] = shape[axis]
    }
    let elements = shape.reduce(1, *)
    let known = result.filter { $0 != -1 }.reduce(1.0) { $0 * Double($1) }
    let open = result.indices.filter { result[$0] == -1 }
    if open.count == 1, known > 0, known <= Double(elements), elements.isMultiple(of: Int(known)) {
      result[open[0]] = elements / Int(known)
    }
    try reader.require(
      result.allSatisfy { $0 >= 0 } && result.reduce(1.0, { $0 * Double($1) }) == Double(elements),
      "a reshape of \(shape) to \(target)", supported: "the same number of elements")
    return result
  }

  private static func flatten(_ reader: inout NodeReader) throws {
    let given = try reader.int("axis", default: 1)
    let map = try reader.map(0)
    let rank = map.shape.count
    let axis = given == rank ? given : try reader.axis(given, rank: rank)
    guard axis >= reader.firstDataAxis else { throw reader.mixesBatch("axis = \(given)") }
    let shape = [map.shape[..<axis].reduce(1, *), map.shape[axis...].reduce(1, *)]
    try reader.produce(.map(reader.reshape(map, to: shape)))
  }

  private static func squeeze(_ reader: inout NodeReader) throws {
    let given = try reader.ints("axes", orInput: 1)
    let map = try reader.map(0)
    // A batch of one sample is an axis as any other.
    let first = reader.importer.batch == 1 ? 0 : reader.firstDataAxis
    let axes =
      try given?.map { try reader.axis($0, rank: map.shape.count) }
      ?? map.shape.indices.filter { map.shape[$0] == 1 && $0 >= first }
    try reader.require(
      axes.allSatisfy { map.shape[$0] == 1 }, "axes \(axes) of a tensor of shape \(map.shape)",
      supported: "axes of extent 1")
    guard axes.allSatisfy({ $0 >= reader.firstDataAxis }) else { throw reader.mixesBatch("axes \(axes)") }
    try reader.produce(
      .map(reader.reshape(map, to: map.shape.indices.filter { !axes.contains($0) }.map { map.shape[$0] })))
  }

  private static func unsqueeze(_ reader: inout NodeReader) throws {
    guard let given = try reader.ints("axes", orInput: 1) else { throw reader.problem("no axes") }
    let map = try reader.map(0)
    let rank = map.shape.count + given.count
    let axes = Set(try given.map { try reader.axis($0, rank: rank) })
    guard axes.count == given.count else { throw reader.problem("axes \(given)", supported: "each axis once") }
    guard axes.allSatisfy({ $0 >= reader.firstDataAxis }) else { throw reader.mixesBatch("axes \(given)") }
    var rest = map.shape[...]
    let shape = (0..<rank).map { axes.contains($0) ? 1 : rest.removeFirst() }
    try reader.produce(.map(reader.reshape(map, to: shape)))
  }

  private static func transpose(_ reader: inout NodeReader) throws {
    let given = try reader.ints("perm")
    let map = try reader.map(0)
    let permutation = given ?? Array(map.shape.indices.reversed())
    try reader.require(
      permutation.sorted() == Array(map.shape.indices), "perm = \(permutation) of \(map.shape.count) axes",
      supported: "each axis once")
    try reader.produce(.map(reader.transpose(map, permutation)))
  }

  private static func depthToSpace(_ reader: inout NodeReader) throws {
    let block = try blockSize(&reader)
    let isColumnFirst = reader.check { try Self.isColumnFirst(&$0) }
    let map = try reader.map(0)
    guard let isColumnFirst else { throw Skipped() }
    try reader.require(
      map.shape.count == 4 && map.shape[1].isMultiple(of: block * block), "blocks of \(block) in shape \(map.shape)",
      supported: "[batch, channels, rows, columns], channels a multiple of \(block * block)")
    let (batch, channels) = (map.shape[0], map.shape[1] / (block * block))
    let (rows, columns) = (map.shape[2], map.shape[3])
    let split = try reader.reshape(
      map, to: [batch] + (isColumnFirst ? [channels, block, block] : [block, block, channels]) + [rows, columns],
      "blocks")
    let turned = try reader.transpose(split, isColumnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2])
    try reader.produce(.map(reader.reshape(turned, to: [batch, channels, rows * block, columns * block])))
  }

  private static func spaceToDepth(_ reader: inout NodeReader) throws {
    let block = try blockSize(&reader)
    let isColumnFirst = reader.check { try Self.isColumnFirst(&$0) }
    let map = try reader.map(0)
    guard let isColumnFirst else { throw Skipped() }
    try reader.require(
      map.shape.count == 4 && map.shape[2...].allSatisfy { $0.isMultiple(of: block) },
      "blocks of \(block) in shape \(map.shape)",
      supported: "[batch, channels, rows, columns], rows and columns multiples of \(block)")
    let (rows, columns) = (map.shape[2] / block, map.shape[3] / block)
    let split = try reader.reshape(map, to: map.shape[..<2] + [rows, block, columns, block], "blocks")
    let turned = try reader.transpose(split, isColumnFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4])
    try reader.produce(
      .map(reader.reshape(turned, to: [map.shape[0], map.shape[1] * block * block, rows, columns])))
  }

  /// Whether the places of a block vary faster along the channels than these do.
  private static func isColumnFirst(_ reader: inout NodeReader) throws -> Bool {
    let mode = try reader.string("mode", default: "DCR")
    try reader.require(["DCR", "CRD"].contains(mode), "mode = '\(mode)'", supported: "DCR, CRD")
    return mode == "CRD"
  }

  private static func blockSize(_ reader: inout NodeReader) throws -> Int {
    let block = try reader.int("blocksize", default: 0)
    try reader.require((1...65536).contains(block), "blocksize = \(block)", supported: "1 to 65536")
    return block
  }

  private static func concatenate(_ reader: inout NodeReader) throws {
    let given = try reader.int("axis", default: 1)
    let maps = try reader.node.inputs.indices.map { try reader.map($0) }
    guard let first = maps.first else { throw reader.problem("no inputs") }
    let axis = try reader.axis(given, rank: first.shape.count)
    guard axis >= reader.firstDataAxis else { throw reader.mixesBatch("a concatenation along the batch") }
    try reader.require(
      maps.allSatisfy { $0.encoding == first.encoding && $0.shape.count == first.shape.count },
      "a concatenation of codes of different scales", supported: "codes of one scale")
    if first.encoding?.axis == axis {
      throw reader.problem("a concatenation along the axis of scales", supported: "one scale for the tensor")
    }
    let ordered = try maps.map { try reader.ordered($0, as: first.order) }
    var result = first
    guard let position = first.order.firstIndex(of: axis) else { throw reader.mixesBatch("axis \(axis)") }
    result.node = try reader.append(ConcatenateOp(axis: position), inputs: ordered.map(\.node))
    result.shape[axis] = maps.reduce(0) { $0 + $1.shape[axis] }
    try reader.produce(.map(result))
  }
}

extension NodeReader {
  /// A shape that the model writes for a batch of fixed size, with the batch as 1.
  func withoutBatch(_ shape: [Int]) -> [Int] {
    guard firstDataAxis == 1, let batch = importer.batch, shape.first == batch else { return shape }
    return [1] + shape.dropFirst()
  }

  /// The same elements in the model's order under another shape; where only axes of extent 1 come or go, nothing is moved.
  mutating func reshape(_ map: FeatureMap, to shape: [Int], _ suffix: String? = nil) throws -> FeatureMap {
    guard firstDataAxis == 0 || shape.first == 1 else { throw mixesBatch("a reshape of \(map.shape) to \(shape)") }
    if let encoding = map.encoding, encoding.axis != nil {
      throw problem("a reshape of codes with scales along an axis", supported: "one scale for the tensor")
    }
    let kept = orderKept(by: map, reshapedTo: shape)
    let source = kept == nil ? try natural(map) : map
    let order = kept ?? Array(firstDataAxis..<max(shape.count, firstDataAxis))
    var result = source
    result.shape = shape
    result.order = order
    result.node = try append(
      ReshapeOp(shape: Shape(order.map { shape[$0] })), suffix, inputs: [source.node])
    return result
  }

  /// The order of the new axes in which the elements lie already: natural order, or channels last where a reshape only adds and
  /// removes axes of extent 1. nil where they have to be moved.
  private func orderKept(by map: FeatureMap, reshapedTo shape: [Int]) -> [Int]? {
    let natural = Array(firstDataAxis..<max(shape.count, firstDataAxis))
    let axes = map.shape.indices.filter { map.shape[$0] > 1 }
    let moved = map.order.compactMap { axes.firstIndex(of: $0) }
    if moved == moved.sorted() { return natural }
    let newAxes = shape.indices.filter { shape[$0] > 1 }
    guard axes.map({ map.shape[$0] }) == newAxes.map({ shape[$0] }) else { return nil }
    let channelsLast = natural.dropFirst() + natural.prefix(1)
    return channelsLast.filter { newAxes.contains($0) } == moved.map { newAxes[$0] } ? Array(channelsLast) : nil
  }

  /// Only the view of the model changes: axis k of the result is axis `permutation[k]` of the map.
  func transpose(_ map: FeatureMap, _ permutation: [Int]) throws -> FeatureMap {
    guard permutation.prefix(firstDataAxis).allSatisfy({ $0 == 0 }) else { throw mixesBatch("axes \(permutation)") }
    var result = map
    result.shape = permutation.map { map.shape[$0] }
    result.order = map.order.compactMap { permutation.firstIndex(of: $0) }
    if let axis = map.encoding?.axis { result.encoding?.axis = permutation.firstIndex(of: axis) }
    return result
  }
}

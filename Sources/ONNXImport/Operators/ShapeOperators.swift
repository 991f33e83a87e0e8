import Diagnostics
import ONNX
import QIR
import Quantization

/// Operators that move elements and change none.
enum ShapeOperators {
  static let rows = [
    OperatorRow("Reshape", notes: "also with 0 and -1", read: { try reshape(&$0) }),
    OperatorRow("Flatten", notes: "any axis", read: { try flatten(&$0) }),
    OperatorRow("Squeeze", read: { try squeeze(&$0) }),
    OperatorRow("Unsqueeze", read: { try unsqueeze(&$0) }),
    OperatorRow("Transpose", notes: "the batch stays first", read: { try transpose(&$0) }),
    OperatorRow("Concat", notes: "any axis but the batch", read: { try concatenate(&$0) }),
    OperatorRow("Pad", notes: "zeros around rows and columns", read: { try pad(&$0) }),
  ]

  private static func reshape(_ reader: inout NodeReader) throws {
    let keepsZeros = try reader.flag("allowzero", default: false)
    guard let target = try reader.ints("shape", orInput: 1) else { throw reader.problem("no shape") }
    let map = try reader.map(0)
    let shape = try resolve(target, of: map.shape, keepsZeros: keepsZeros, reader)
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
    if open.count == 1, known > 0, elements.isMultiple(of: Int(known)) { result[open[0]] = elements / Int(known) }
    guard result.allSatisfy({ $0 >= 0 }), result.reduce(1.0, { $0 * Double($1) }) == Double(elements) else {
      throw reader.problem("a reshape of \(shape) to \(target)", supported: "the same number of elements")
    }
    return result
  }

  private static func flatten(_ reader: inout NodeReader) throws {
    let given = try reader.int("axis", default: 1)
    let map = try reader.map(0)
    let axis = given == map.shape.count ? given : try reader.axis(given, rank: map.shape.count)
    let shape = [map.shape[..<axis].reduce(1, *), map.shape[axis...].reduce(1, *)]
    try reader.produce(.map(reader.reshape(map, to: shape)))
  }

  private static func squeeze(_ reader: inout NodeReader) throws {
    let given = try reader.ints("axes", orInput: 1)
    let map = try reader.map(0)
    let axes =
      try given?.map { try reader.axis($0, rank: map.shape.count) }
      ?? map.shape.indices.filter { map.shape[$0] == 1 && $0 >= reader.firstDataAxis }
    guard axes.allSatisfy({ map.shape[$0] == 1 }) else {
      throw reader.problem("axes \(axes) of a tensor of shape \(map.shape)", supported: "axes of extent 1")
    }
    try reader.produce(
      .map(reader.reshape(map, to: map.shape.indices.filter { !axes.contains($0) }.map { map.shape[$0] })))
  }

  private static func unsqueeze(_ reader: inout NodeReader) throws {
    guard let given = try reader.ints("axes", orInput: 1) else { throw reader.problem("no axes") }
    let map = try reader.map(0)
    let rank = map.shape.count + given.count
    let axes = Set(try given.map { try reader.axis($0, rank: rank) })
    guard axes.count == given.count else { throw reader.problem("axes \(given)", supported: "each axis once") }
    var rest = map.shape[...]
    let shape = (0..<rank).map { axes.contains($0) ? 1 : rest.removeFirst() }
    try reader.produce(.map(reader.reshape(map, to: shape)))
  }

  private static func transpose(_ reader: inout NodeReader) throws {
    let given = try reader.ints("perm")
    let map = try reader.map(0)
    let permutation = given ?? Array(map.shape.indices.reversed())
    guard permutation.sorted() == Array(map.shape.indices) else {
      throw reader.problem("perm = \(permutation) of \(map.shape.count) axes", supported: "each axis once")
    }
    guard permutation.prefix(reader.firstDataAxis).allSatisfy({ $0 == 0 }) else {
      throw reader.mixesBatch("perm = \(permutation)")
    }
    // Only the view of the model changes.
    var result = map
    result.shape = permutation.map { map.shape[$0] }
    result.order = map.order.compactMap { permutation.firstIndex(of: $0) }
    if let axis = map.encoding?.axis { result.encoding?.axis = permutation.firstIndex(of: axis) }
    result.node = try reader.append(.identity(IdentityOp()), inputs: [map.node])
    try reader.produce(.map(result))
  }

  private static func concatenate(_ reader: inout NodeReader) throws {
    let given = try reader.int("axis", default: 1)
    let maps = try reader.node.inputs.indices.map { try reader.map($0) }
    guard let first = maps.first else { throw reader.problem("no inputs") }
    let axis = try reader.axis(given, rank: first.shape.count)
    guard axis >= reader.firstDataAxis else { throw reader.mixesBatch("concatenation along the batch") }
    guard maps.allSatisfy({ $0.encoding == first.encoding && $0.shape.count == first.shape.count }) else {
      throw reader.problem("a concatenation of codes of different scales", supported: "codes of one scale")
    }
    let ordered = try maps.map { try reader.ordered($0, as: first.order) }
    var result = first
    guard let position = first.order.firstIndex(of: axis) else { throw reader.mixesBatch("axis \(axis)") }
    result.node = try reader.append(.concatenate(ConcatenateOp(axis: position)), inputs: ordered.map(\.node))
    result.shape[axis] = maps.reduce(0) { $0 + $1.shape[axis] }
    try reader.produce(.map(result))
  }

  private static func pad(_ reader: inout NodeReader) throws {
    let mode = try reader.string("mode", default: "constant")
    guard mode == "constant" else { throw reader.problem("mode = '\(mode)'", supported: "constant") }
    guard let pads = try reader.ints("pads", orInput: 1) else { throw reader.problem("no pads") }
    let value = try reader.float("value", default: 0)
    if let constant = try reader.constantIfPresent(2), constant.values.contains(where: { $0 != 0 }) || value != 0 {
      throw reader.problem("padding with other numbers than 0", supported: "zeros")
    }
    let axes = try reader.constantIfPresent(3)?.integers?.map { Int($0) }
    let map = try reader.realMap(0)
    let rank = map.shape.count
    let chosen = try (axes ?? Array(0..<rank)).map { try reader.axis($0, rank: rank) }
    guard pads.count == 2 * chosen.count else { throw reader.problem("pads \(pads)", supported: "\(2 * rank) numbers") }
    var before = [Int](repeating: 0, count: rank)
    var after = before
    for (index, axis) in chosen.enumerated() {
      before[axis] = pads[index]
      after[axis] = pads[chosen.count + index]
    }
    let isSpace = (3...4).contains(rank) && reader.firstDataAxis == 1
    guard isSpace, (before + after).allSatisfy({ $0 >= 0 }), before[0] + after[0] + before[1] + after[1] == 0 else {
      throw reader.problem(
        "pads \(pads) of a tensor of shape \(map.shape)", supported: "0 or more around rows and columns")
    }
    let plane = try Plane(&reader, map)
    let padding = Padding(
      top: rank == 4 ? before[2] : 0, bottom: rank == 4 ? after[2] : 0, left: before[rank - 1],
      right: after[rank - 1])
    try reader.produce(
      .map(plane.append(.pad(PadOp(padding: padding)), channels: map.shape[1], to: &reader)))
  }
}

extension NodeReader {
  /// The same elements in the model's order under another shape; where only axes of extent 1 come or go, nothing is moved.
  mutating func reshape(_ map: FeatureMap, to shape: [Int], _ suffix: String? = nil) throws -> FeatureMap {
    guard firstDataAxis == 0 || shape.first == 1 else { throw mixesBatch("a reshape of \(map.shape) to \(shape)") }
    if let encoding = map.encoding, encoding.axis != nil {
      throw problem("a reshape of codes with scales along an axis", supported: "one scale for the tensor")
    }
    var source = map
    if map.order.filter({ map.shape[$0] > 1 }) != map.order.sorted().filter({ map.shape[$0] > 1 }) {
      source = try natural(map)
    }
    let order = Array(firstDataAxis..<max(shape.count, firstDataAxis))
    var result = source
    result.shape = shape
    result.order = order
    result.node = try append(
      .reshape(ReshapeOp(shape: Shape(order.map { shape[$0] }))), suffix, inputs: [source.node])
    return result
  }
}

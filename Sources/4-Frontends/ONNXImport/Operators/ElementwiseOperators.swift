import Diagnostics
import Numbers
import ONNX
import QIR
import Quantization

/// Functions of single elements, and sums of tensors.
enum ElementwiseOperators {
  static let rows =
    [
      OperatorRow("Add", notes: "of two tensors, or with a constant", read: { try arithmetic(&$0, .add) }),
      OperatorRow("Sub", notes: "of two tensors, or with a constant", read: { try arithmetic(&$0, .subtract) }),
      OperatorRow("Mul", notes: "of two tensors, or with a constant", read: { try arithmetic(&$0, .multiply) }),
      OperatorRow("Div", notes: "by a constant", read: { try arithmetic(&$0, .divide) }),
      OperatorRow("BatchNormalization", notes: "at inference", read: { try batchNormalization(&$0) }),
      OperatorRow("Clip", notes: "of floats and of codes; constant bounds", read: { try clip(&$0) }),
      OperatorRow("Softmax", notes: "along any axis; at the network's end", read: { try softmax(&$0) }),
      OperatorRow("Identity", read: { try identity(&$0) }),
      OperatorRow("Dropout", notes: "at inference", read: { try dropout(&$0) }),
      OperatorRow(
        "Cast", notes: "to float, double and integers; of codes also, to their own type and wider ones",
        read: { try cast(&$0) }),
    ] + ActivationFunctions.rows

  private static func clip(_ reader: inout NodeReader) throws {
    let bounds = reader.check { try ClipBounds(&$0) }
    let map = try reader.map(0)
    guard let bounds else { throw Skipped() }
    if let encoding = map.encoding, let range = encoding.type.range, !encoding.isPlain || encoding.isNarrow {
      return try reader.produce(.map(reader.clamp(map, encoding, to: bounds.within(range))))
    }
    let op: any Operator = bounds.isEmpty ? IdentityOp() : ElementwiseOp([bounds.function])
    try reader.produce(.map(reader.append(op, to: map)))
  }

  private static func softmax(_ reader: inout NodeReader) throws {
    let given = try reader.int("axis", default: reader.opset < 13 ? 1 : -1)
    var map = try reader.realMap(0)
    let shape = map.shape
    let axis = try reader.axis(given, rank: shape.count)
    guard axis >= reader.firstDataAxis else { throw reader.mixesBatch("softmax along the batch") }
    // Before opset 13 all axes from this one on are one.
    let isMerged = reader.opset < 13 && shape[(axis + 1)...].contains { $0 > 1 }
    if isMerged {
      map = try reader.reshape(map, to: shape[..<axis] + [shape[axis...].reduce(1, *)], "merged")
    }
    map = try reader.ordered(map, as: map.order.filter { $0 != axis } + [axis])
    map = try reader.append(SoftmaxOp(), to: map, isMerged ? "softmax" : nil)
    try reader.produce(.map(isMerged ? reader.reshape(map, to: shape) : map))
  }

  private static func identity(_ reader: inout NodeReader) throws { try reader.produce(.map(reader.map(0))) }

  private static func dropout(_ reader: inout NodeReader) throws {
    reader.ignore("seed", "is_test")
    let given = try reader.float("ratio", default: 0.5)
    let ratio = try reader.constantIfPresent(1)?.values.first ?? Double(given)
    guard (0..<1).contains(ratio), try reader.constantIfPresent(1)?.shape.isEmpty ?? true else {
      throw reader.problem("a ratio of \(ratio)", supported: "one number from 0 to less than 1")
    }
    if let training = try reader.constantIfPresent(2), training.values.contains(where: { $0 != 0 }), ratio != 0 {
      throw reader.problem("training_mode with ratio \(ratio)", supported: "dropout at inference")
    }
    let map = try reader.map(0)
    // The mask of what is kept: everything.
    if reader.node.outputs.count > 1, reader.importer.isRead(reader.node.outputs[1]) {
      let ones = ElementwiseOp([.clip(lower: .one, upper: .one)])
      try reader.assign(.map(reader.append(ones, to: map, "mask")), to: reader.node.outputs[1])
    }
    try reader.produce(.map(map))
  }

  private static func cast(_ reader: inout NodeReader) throws {
    let code = try reader.int("to", default: 0)
    reader.ignore("saturate", "round_mode")
    var map = try reader.map(0)
    let type = ONNXElementType(rawValue: code)
    switch type {
    case .float?, .double?:
      // Integers are themselves as floats.
      if let encoding = map.encoding { map = try reader.dequantize(map, .plain(encoding.type)) }
    case let type? where type.range != nil && type != .bool:
      guard let encoding = map.encoding else { return try reader.produce(.map(reader.truncate(map, to: type))) }
      guard let range = type.range, let narrow = encoding.type.range, range.contains(narrow.lowerBound),
        range.contains(narrow.upperBound)
      else {
        throw reader.problem(
          "a cast of \(encoding.type.name) to \(type.name)", supported: "wider integers",
          fix: "clip, or quantize to \(type.name), in place of the cast")
      }
      map.encoding?.type = type
    default:
      throw reader.problem(
        "a cast to \(type?.name ?? "type \(code)")", supported: "casts to float, double and integers",
        fix: "export the network in float32, without narrower floats")
    }
    try reader.produce(.map(map))
  }

  private static func batchNormalization(_ reader: inout NodeReader) throws {
    let epsilon = try reader.float("epsilon", default: 1e-5)
    reader.ignore("momentum", "spatial")
    if try reader.flag("training_mode", default: false) {
      throw reader.problem("training_mode = 1", supported: "batch normalization at inference")
    }
    let constants = try (1...4).map { try reader.constant($0).values }
    let map = try reader.realMap(0)
    try reader.require(map.shape.count >= 2, "a tensor of shape \(map.shape)", supported: "[batch, channels, …]")
    let last = try reader.ordered(map, as: map.order.filter { $0 != 1 } + [1])
    try reader.require(
      constants.allSatisfy { $0.count == map.shape[1] },
      "\(constants.map(\.count)) parameters for \(map.shape[1]) channels", supported: "\(map.shape[1]) each")
    let op = BatchNormalizationOp(
      gamma: constants[0], beta: constants[1], mean: constants[2], variance: constants[3], epsilon: Double(epsilon))
    try reader.produce(.map(reader.append(op, to: last)))
  }
}

/// The bounds of a Clip: attributes before opset 11, constant inputs since.
struct ClipBounds {
  private var lower: Rational?
  private var upper: Rational?

  init(_ reader: inout NodeReader) throws {
    lower = try Self.bound(&reader, "min", input: 1) { $0 <= -.greatestFiniteMagnitude }
    upper = try Self.bound(&reader, "max", input: 2) { $0 >= .greatestFiniteMagnitude }
    // ONNX: where min is above max, every element is max.
    if let upper, let lower, lower > upper { self.lower = upper }
  }

  /// - Parameter isNone: whether a number bounds nothing.
  private static func bound(
    _ reader: inout NodeReader, _ name: String, input: Int, isNone: (Double) -> Bool
  ) throws -> Rational? {
    var bound: Double?
    if case .float(let float)? = reader.take(name) { bound = Double(float) }
    if let constant = try reader.constantIfPresent(input) {
      try reader.require(constant.count == 1, "\(name) of shape \(constant.shape)", supported: "one number")
      if let integers = constant.integers { return Rational(integers[0]) }
      bound = constant.values[0]
    }
    guard let bound, !isNone(bound) else { return nil }
    guard bound.isFinite else { throw reader.problem("\(name) is \(bound)", supported: "a number") }
    return Rational(bound)
  }

  var isEmpty: Bool { lower == nil && upper == nil }
  var function: RealFunction { .clip(lower: lower, upper: upper) }

  func callAsFunction(_ number: Rational) -> Rational { function(number) ?? number }

  /// What is left of a range of integers.
  func within(_ range: ClosedRange<Int64>) -> ClosedRange<Int64> {
    func clipped(_ integer: Int64) -> Int64 { Int64(self(Rational(integer)).floor) }
    return clipped(range.lowerBound)...clipped(range.upperBound)
  }
}

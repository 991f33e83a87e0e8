import Numbers
import ONNX
import Quantization

/// Computes nodes whose inputs are all known, as a runtime does: float32 results, each rounded once. What models use to make
/// shapes, and quantizers of weights.
enum ConstantFolder {
  /// - Returns: false where the node has to be read by its operator's reader.
  static func fold(_ reader: inout NodeReader) throws -> Bool {
    let node = reader.node
    guard ["", "com.microsoft"].contains(node.domain) else { return false }
    if node.operatorType == "Constant" { return try constant(&reader) }
    if node.operatorType == "Shape" { return try shape(&reader) }
    let known = node.inputs.allSatisfy { input in
      if input.isEmpty { return true }
      if case .constant? = reader.importer.values[input] { return true } else { return false }
    }
    guard known, !node.inputs.isEmpty, let rule = rules[node.operatorType] else { return false }
    let constant = try rule(&reader)
    try reader.takeRoom(constant.shape)
    try reader.produce(.constant(constant))
    return true
  }

  static var names: [String] { (["Constant", "Shape"] + rules.keys).sorted() }

  /// Operators whose results hold elements of their first operand, or of all of them.
  static let moves: Set<String> = [
    "Constant", "Identity", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Concat", "Gather", "Slice",
    "Expand",
    "ConstantOfShape", "Shape", "Size",
  ]

  private typealias Rule = @Sendable (inout NodeReader) throws -> Constant

  private static let rules: [String: Rule] = [
    "Identity": { try $0.constant(0) },
    "Cast": { try cast(&$0) },
    "Transpose": { try transpose(&$0) },
    "Reshape": { try reshape(&$0) },
    "Flatten": { try flatten(&$0) },
    "Squeeze": { try squeeze(&$0) },
    "Unsqueeze": { try unsqueeze(&$0) },
    "Concat": { try concatenate(&$0) },
    "Gather": { try gather(&$0) },
    "Slice": { try slice(&$0) },
    "Expand": { try expand(&$0) },
    "ConstantOfShape": { try fill(&$0) },
    "Add": { try arithmetic(&$0, +, { $0.addingReportingOverflow($1) }) },
    "Sub": { try arithmetic(&$0, -, { $0.subtractingReportingOverflow($1) }) },
    "Mul": { try arithmetic(&$0, *, { $0.multipliedReportingOverflow(by: $1) }) },
    "Div": { try arithmetic(&$0, /, { $0.dividedReportingOverflow(by: $1) }) },
    "Clip": { try clip(&$0) },
    "Neg": { try function(&$0) { -$0 } },
    "Sqrt": { try function(&$0) { $0.squareRoot() } },
    "QuantizeLinear": { try quantize(&$0) },
    "DequantizeLinear": { try dequantize(&$0) },
  ]

  private static func constant(_ reader: inout NodeReader) throws -> Bool {
    let constant: Constant
    if let value = reader.take("value") {
      guard case .tensor(let tensor) = value else { throw reader.problem("attribute 'value' is \(value.kind)") }
      constant = try Constant(tensor, at: reader.location)
    } else if let value = reader.take("value_float") {
      guard case .float(let float) = value else { throw reader.problem("attribute 'value_float' is \(value.kind)") }
      constant = Constant(shape: [], floats: [float])
    } else if let value = reader.take("value_floats") {
      guard case .floats(let floats) = value else { throw reader.problem("attribute 'value_floats' is \(value.kind)") }
      constant = Constant(shape: [floats.count], floats: floats)
    } else if let value = reader.take("value_int") {
      guard case .int(let int) = value else { throw reader.problem("attribute 'value_int' is \(value.kind)") }
      constant = Constant(shape: [], .integers([Int64(int)], .int64))
    } else if let ints = try reader.ints("value_ints") {
      constant = Constant(shape: [ints.count], .integers(IntegerArray(ints), .int64))
    } else {
      throw reader.problem("a Constant without a tensor", supported: "value, value_float(s), value_int(s)")
    }
    try reader.produce(.constant(constant))
    return true
  }

  private static func shape(_ reader: inout NodeReader) throws -> Bool {
    let extents: [Int]
    switch try reader.value(0) {
    case .constant(let constant): extents = constant.shape
    case .map(let map): extents = map.shape
    case .failed: throw NodeReader.Skipped()
    }
    let rank = extents.count
    func bound(_ value: Int) -> Int { (value < 0 ? value + rank : value).clamped(to: 0...rank) }
    let start = bound(try reader.int("start", default: 0))
    let end = bound(try reader.int("end", default: rank))
    let taken = start < end ? Array(extents[start..<end]) : []
    try reader.produce(.constant(Constant(shape: [taken.count], .integers(IntegerArray(taken), .int64))))
    return true
  }

  private static func cast(_ reader: inout NodeReader) throws -> Constant {
    let code = try reader.int("to", default: 0)
    reader.ignore("saturate")
    let constant = try reader.constant(0)
    guard let type = ONNXElementType(rawValue: code) else { throw reader.problem("a cast to type \(code)") }
    if type == .double { return Constant(shape: constant.shape, .doubles(constant.values)) }
    if type.isFloat { return Constant(shape: constant.shape, floats: constant.floats.map { $0.rounded(to: type) }) }
    guard let range = type.range else { throw reader.problem("a cast to \(type.name)", supported: "numbers") }
    let numbers = try constant.values.map { value -> Int64 in
      if type == .bool { return value == 0 ? 0 : 1 }
      guard let integer = Int64(exactly: value.rounded(.towardZero)), range.contains(integer) else {
        throw reader.problem("a cast of \(value) to \(type.name)", supported: "numbers that the type holds")
      }
      return integer
    }
    return Constant(shape: constant.shape, .integers(IntegerArray(numbers), type))
  }
}

extension Float {
  /// The nearest number of a floating-point type, the even one of two.
  fileprivate func rounded(to type: ONNXElementType) -> Float {
    switch type {
    case .float16: return Float(Float16(self))
    case .bfloat16 where isFinite:
      let lowest = bitPattern >> 16 & 1
      return Float(bitPattern: (bitPattern + 0x7FFF + lowest) & 0xFFFF_0000)
    default: return self
    }
  }
}

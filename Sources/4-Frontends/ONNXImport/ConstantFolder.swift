import Diagnostics
import Numbers
import ONNX

/// Computes nodes whose inputs are all known, as a runtime does: float32 results, each rounded once. What models use to make
/// shapes, and quantizers of weights.
enum ConstantFolder {
  /// - Returns: false where the node has to be read by its operator's reader.
  static func fold(_ reader: inout NodeReader) throws -> Bool {
    let node = reader.node
    guard ["", "com.microsoft"].contains(node.domain) else { return false }
    if node.operatorType == "Constant" { return try constant(&reader) }
    if node.operatorType == "Shape" { return try shape(&reader) }
    if node.operatorType == "Size" { return try size(&reader) }
    let known = node.inputs.allSatisfy { input in
      if input.isEmpty { return true }
      if case .constant? = reader.importer.values[input] { return true } else { return false }
    }
    guard known, !node.inputs.isEmpty, let rule = rules[node.operatorType] else { return false }
    let constant = try rule(&reader)
    try reader.takeRoom(constant.shape, bytes: constant.bytesPerElement)
    try reader.produce(.constant(constant))
    return true
  }

  static var names: [String] { (["Constant", "Shape", "Size"] + rules.keys).sorted() }

  /// Operators whose results hold elements of their first operand, or of all of them.
  static let moves: Set<String> = [
    "Constant", "Identity", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Concat", "Gather", "Slice",
    "Expand", "ConstantOfShape", "Shape", "Size",
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
    "Add": { try binary(&$0, .add) },
    "Sub": { try binary(&$0, .subtract) },
    "Mul": { try binary(&$0, .multiply) },
    "Div": { try binary(&$0, .divide) },
    "Pow": { try binary(&$0, .power) },
    "Min": { try binary(&$0, .minimum) },
    "Max": { try binary(&$0, .maximum) },
    "Clip": { try clip(&$0) },
    "Neg": { try function(&$0) { -$0 } },
    "Abs": { try function(&$0) { abs($0) } },
    "Sqrt": { try function(&$0) { $0.squareRoot() } },
    "Round": { try function(&$0) { $0.rounded(.toNearestOrEven) } },
    "Floor": { try function(&$0) { $0.rounded(.down) } },
    "Ceil": { try function(&$0) { $0.rounded(.up) } },
    "ReduceSum": { try reduce(&$0, .add) },
    "ReduceProd": { try reduce(&$0, .multiply) },
    "ReduceMin": { try reduce(&$0, .minimum) },
    "ReduceMax": { try reduce(&$0, .maximum) },
    "Pad": { try pad(&$0) },
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

  private static func extents(_ reader: NodeReader) throws -> [Int] {
    switch try reader.value(0) {
    case .constant(let constant): constant.shape
    case .map(let map): map.shape
    case .failed: throw Skipped()
    }
  }

  /// How many elements there are: of a feature map only where its batch is one sample.
  private static func size(_ reader: inout NodeReader) throws -> Bool {
    if case .map = try reader.value(0), reader.firstDataAxis == 1, reader.importer.batch != 1 {
      throw reader.mixesBatch("the size of a batch")
    }
    let count = try extents(reader).reduce(1, *)
    try reader.produce(.constant(Constant(shape: [], .integers([Int64(count)], .int64))))
    return true
  }

  private static func shape(_ reader: inout NodeReader) throws -> Bool {
    let extents = try extents(reader)
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
    reader.ignore("saturate", "round_mode")
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

import ONNX
import Quantization

/// Computes nodes whose inputs are all known, as a runtime does: float32 results, each rounded once. What models use to make
/// shapes, and quantizers of weights.
enum ConstantFolder {
  /// - Returns: false where the node has to be read by its operator's reader.
  static func fold(_ reader: inout NodeReader) throws -> Bool {
    let node = reader.node
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
    "Add": { try arithmetic(&$0, +, { $0.addingReportingOverflow($1) }) },
    "Sub": { try arithmetic(&$0, -, { $0.subtractingReportingOverflow($1) }) },
    "Mul": { try arithmetic(&$0, *, { $0.multipliedReportingOverflow(by: $1) }) },
    "Div": { try arithmetic(&$0, /, { $0.dividedReportingOverflow(by: $1) }) },
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
    func bound(_ value: Int) -> Int { min(max(value < 0 ? value + rank : value, 0), rank) }
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
    if type.isFloat { return Constant(shape: constant.shape, floats: constant.floats) }
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

  // MARK: Moves

  private static func transpose(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.ints("perm")
    let constant = try reader.constant(0)
    let permutation = given ?? Array(constant.shape.indices.reversed())
    guard permutation.sorted() == Array(constant.shape.indices) else {
      throw reader.problem("perm = \(permutation) of \(constant.shape.count) axes", supported: "each axis once")
    }
    return constant.transposed(permutation)
  }

  private static func reshape(_ reader: inout NodeReader) throws -> Constant {
    let keepsZeros = try reader.flag("allowzero", default: false)
    let target = try reader.ints("shape", orInput: 1) ?? []
    let constant = try reader.constant(0)
    return constant.reshaped(
      to: try ShapeOperators.resolve(target, of: constant.shape, keepsZeros: keepsZeros, reader))
  }

  private static func flatten(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.int("axis", default: 1)
    let constant = try reader.constant(0)
    let rank = constant.shape.count
    let axis = given == rank ? rank : try reader.axis(given, rank: rank)
    return constant.reshaped(to: [constant.shape[..<axis].reduce(1, *), constant.shape[axis...].reduce(1, *)])
  }

  private static func squeeze(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.ints("axes", orInput: 1)
    let constant = try reader.constant(0)
    let shape = constant.shape
    let axes = try given?.map { try reader.axis($0, rank: shape.count) } ?? shape.indices.filter { shape[$0] == 1 }
    guard axes.allSatisfy({ shape[$0] == 1 }) else { throw reader.problem("axes \(axes) of shape \(shape)") }
    return constant.reshaped(to: shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
  }

  private static func unsqueeze(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.ints("axes", orInput: 1) ?? []
    let constant = try reader.constant(0)
    let rank = constant.shape.count + given.count
    let axes = Set(try given.map { try reader.axis($0, rank: rank) })
    guard axes.count == given.count else { throw reader.problem("axes \(given)", supported: "each axis once") }
    var rest = constant.shape[...]
    return constant.reshaped(to: (0..<rank).map { axes.contains($0) ? 1 : rest.removeFirst() })
  }

  private static func concatenate(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.int("axis", default: 0)
    let parts = try reader.node.inputs.indices.map { try reader.constant($0) }
    let axis = try reader.axis(given, rank: parts[0].shape.count)
    var shape = parts[0].shape
    guard
      parts.allSatisfy({ part in
        part.shape.count == shape.count
          && shape.indices.allSatisfy { $0 == axis || part.shape[$0] == shape[$0] }
      })
    else { throw reader.problem("a concatenation of shapes \(parts.map(\.shape))") }
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    try reader.requireRoom(shape)
    let blocks = shape[..<axis].reduce(1, *)
    func joined<Element>(_ elements: [[Element]]) -> [Element] {
      (0..<blocks).flatMap { block in
        zip(elements, parts).flatMap { elements, part in
          let run = part.shape[axis...].reduce(1, *)
          return elements[(block * run)..<((block + 1) * run)]
        }
      }
    }
    let integers = parts.compactMap(\.integers)
    if integers.count == parts.count, case .integers(_, let type) = parts[0].numbers {
      return Constant(shape: shape, .integers(IntegerArray(joined(integers)), type))
    }
    return Constant(shape: shape, floats: joined(parts.map(\.floats)))
  }

  private static func gather(_ reader: inout NodeReader) throws -> Constant {
    let given = try reader.int("axis", default: 0)
    let (data, indices) = (try reader.constant(0), try reader.constant(1))
    let axis = try reader.axis(given, rank: data.shape.count)
    let chosen = try reader.positions(indices, extent: data.shape[axis])
    let shape = Array(data.shape[..<axis]) + indices.shape + Array(data.shape[(axis + 1)...])
    try reader.requireRoom(shape)
    return pick(data, axis: axis, chosen, shape: shape)
  }

  private static func slice(_ reader: inout NodeReader) throws -> Constant {
    let slices = try Slices(&reader)
    var constant = try reader.constant(0)
    for (axis, chosen) in try slices.positions(of: constant.shape, reader) {
      var shape = constant.shape
      shape[axis] = chosen.count
      constant = pick(constant, axis: axis, chosen, shape: shape)
    }
    return constant
  }

  /// The chosen positions along an axis, in their order.
  private static func pick(_ constant: Constant, axis: Int, _ chosen: [Int], shape: [Int]) -> Constant {
    let inner = constant.shape[(axis + 1)...].reduce(1, *)
    let extent = constant.shape[axis]
    let blocks = constant.shape[..<axis].reduce(1, *)
    func picked<Element>(_ elements: [Element]) -> [Element] {
      (0..<blocks).flatMap { block in
        chosen.flatMap { position in
          let start = (block * extent + position) * inner
          return elements[start..<(start + inner)]
        }
      }
    }
    if case .integers(let integers, let type) = constant.numbers {
      return Constant(shape: shape, .integers(IntegerArray(picked(integers.widened)), type))
    }
    return Constant(shape: shape, floats: picked(constant.floats))
  }

  // MARK: Numbers

  private static func arithmetic(
    _ reader: inout NodeReader, _ float: (Float, Float) -> Float,
    _ integer: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) throws -> Constant {
    let (a, b) = (try reader.constant(0), try reader.constant(1))
    let rank = max(a.shape.count, b.shape.count)
    func padded(_ shape: [Int]) -> [Int] { Array(repeating: 1, count: rank - shape.count) + shape }
    let (left, right) = (padded(a.shape), padded(b.shape))
    guard zip(left, right).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else {
      throw reader.problem("constants of shapes \(a.shape) and \(b.shape)", supported: "shapes that spread")
    }
    let shape = zip(left, right).map { $0 == 1 ? $1 : $0 }
    try reader.requireRoom(shape)
    /// The element of a smaller tensor that belongs to each element of the result.
    func positions(_ small: [Int]) -> [Int] {
      var positions = [0]
      for axis in shape.indices {
        let step = small[axis] == 1 ? 0 : 1
        positions = positions.flatMap { base in (0..<shape[axis]).map { base * small[axis] + $0 * step } }
      }
      return positions
    }
    let pairs = zip(positions(left), positions(right))
    if let x = a.integers, let y = b.integers, case .integers(_, let type) = a.numbers {
      let results = try pairs.map { pair -> Int64 in
        let result = integer(x[pair.0], y[pair.1])
        guard !result.overflow else { throw reader.problem("integer constants overflow") }
        return result.partialValue
      }
      return Constant(shape: shape, .integers(IntegerArray(results), type))
    }
    let (x, y) = (a.floats, b.floats)
    return Constant(shape: shape, floats: pairs.map { float(x[$0.0], y[$0.1]) })
  }

  private static func quantize(_ reader: inout NodeReader) throws -> Constant {
    reader.ignore("saturate")
    let parameters = try QuantizationParameters(&reader, input: 1, ofQuantize: true)
    let constant = try reader.constant(0)
    let encoding = try parameters.encoding(of: constant, reader)
    guard let range = encoding.type.range, let bits = encoding.type.bits, bits <= 32 else {
      throw reader.problem("quantization to \(encoding.type.name)", supported: "integers of up to 32 bits")
    }
    let floats = constant.floats
    guard !floats.contains(where: \.isNaN) else {
      throw reader.problem("constants with NaN", supported: "numbers")
    }
    let index = encoding.scaleIndex(shape: constant.shape)
    let codes = IntegerArray(count: floats.count, in: range) { element in
      // As a runtime divides: what it makes of weights is what the network is.
      let quotient = floats[element] / encoding.scales[index(element)]
      let position = Double(quotient.rounded(.toNearestOrEven)) + Double(encoding.zeroPoints[index(element)])
      return Int64(min(max(position, Double(range.lowerBound)), Double(range.upperBound)))
    }
    return Constant(shape: constant.shape, .integers(codes, encoding.type))
  }

  /// Codes and scales as they are: their product is what the tensor means.
  private static func dequantize(_ reader: inout NodeReader) throws -> Constant {
    let parameters = try QuantizationParameters(&reader, input: 1, ofQuantize: false)
    let constant = try reader.constant(0)
    guard case .integers(let integers, let type) = constant.numbers, let bits = type.bits, bits <= 32 else {
      throw reader.problem("DequantizeLinear of other numbers than codes", supported: "integers of up to 32 bits")
    }
    let encoding = try parameters.encoding(of: constant, reader)
    let index = encoding.scaleIndex(shape: constant.shape)
    let isShifted = encoding.zeroPoints.contains { $0 != 0 }
    var codes = integers
    if isShifted {
      let (least, most) = (encoding.zeroPoints.min() ?? 0, encoding.zeroPoints.max() ?? 0)
      codes = IntegerArray(
        count: integers.count, in: (integers.range.lowerBound - most)...(integers.range.upperBound - least)
      ) { integers[$0] - encoding.zeroPoints[index($0)] }
    }
    let width = isShifted ? IntegerType.narrowestSigned(holding: codes.range).bits : bits
    return Constant(
      shape: constant.shape,
      .quantized(
        QuantizedTensor(
          shape: constant.shape, codes: codes, scales: encoding.scales.map { Rational($0) }, scaleAxis: encoding.axis,
          bits: width)))
  }
}

extension IntegerEncoding {
  /// Which scale an element of a tensor has.
  func scaleIndex(shape: [Int]) -> (Int) -> Int {
    guard let axis, scales.count > 1 else { return { _ in 0 } }
    let inner = shape[(axis + 1)...].reduce(1, *)
    let count = scales.count
    return { $0 / inner % count }
  }
}

import Diagnostics
import Numbers
import Quantization

/// How long constants are written.
package enum ConstantStyle: Sendable {
  /// All numbers: what is written can be read back.
  case whole
  /// Only how many there are, where there are more than `limit` that no short form says.
  case elided(above: Int)
}

/// Constants are written `int4[3, 3, 1, 8](1, -2, …)*0.25`, one scale for all or a list of them (`@axis` behind it unless it
/// is the last), or `float[8](0.5, …)`. In place of the numbers there may stand `splat(v)`, all the same, or `seeded(n)`.
extension Parameter {
  func text(_ style: ConstantStyle) -> String {
    switch self {
    case .real(let numbers, let shape):
      return "float\(shape.text)(\(Self.text(numbers, style) { $0.number() }))"
    case .quantized(let tensor):
      let codes = Self.text(tensor.codes.widened, style) { $0.code(bits: tensor.bits) }
      let scales =
        switch style {
        case .elided(let limit) where tensor.scales.count > limit: "[\(tensor.scales.count) scales]"
        default: tensor.scales.count == 1 ? tensor.scales[0].text : tensor.scales.text
        }
      let axis = tensor.scales.count == 1 || tensor.scaleAxis == tensor.shape.count - 1 ? "" : "@\(tensor.scaleAxis)"
      return "int\(tensor.bits)\(tensor.shape.text)(\(codes))*\(scales)\(axis)"
    }
  }

  private static func text<Number: TextValue & Equatable>(
    _ numbers: [Number], _ style: ConstantStyle, seeded: (inout SeededNumbers) -> Number
  ) -> String {
    if let first = numbers.first, numbers.count > 1, numbers.allSatisfy({ $0 == first && $0.text == first.text }) {
      return "splat(\(first.text))"
    }
    let seed = SeededNumbers.recognized.first { seed in
      var generator = SeededNumbers(seed: seed)
      return numbers.count > 2 && numbers.allSatisfy { $0 == seeded(&generator) }
    }
    if let seed { return "seeded(\(seed))" }
    if case .elided(let limit) = style, numbers.count > limit { return "\(numbers.count) numbers" }
    return numbers.map(\.text).joined(separator: ", ")
  }

  init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let type = try scanner.word()
    let shape = try [Int](scanning: &scanner)
    let count = shape.reduce(1.0) { $0 * Double($1) }
    guard shape.allSatisfy({ $0 > 0 }), count <= Double(1 << 28) else {
      throw before.refused("extents above 0, at most 268435456 numbers")
    }
    if type == "float" {
      self = .real(try Self.numbers(&scanner, count: Int(count)) { $0.number() }, shape: shape)
      return
    }
    guard type.hasPrefix("int"), let bits = Int(type.dropFirst(3)), (1...32).contains(bits) else {
      throw before.refused("float[shape](numbers) or int4[shape](codes)*scale")
    }
    let codes: [Int64] = try Self.numbers(&scanner, count: Int(count)) { $0.code(bits: bits) }
    try scanner.expect("*")
    let scales = scanner.rest.first == "[" ? try [Rational](scanning: &scanner) : [try Rational(scanning: &scanner)]
    let axis = scanner.take("@") ? try Int(scanning: &scanner) : shape.count - 1
    guard scales.count == 1 || (shape.indices.contains(axis) && shape[axis] == scales.count) else {
      throw before.refused("one scale, or one per index of the axis")
    }
    self = .quantized(QuantizedTensor(shape: shape, codes: codes, scales: scales, scaleAxis: axis, bits: bits))
  }

  private static func numbers<Number: TextValue>(
    _ scanner: inout TextScanner, count: Int, seeded: (inout SeededNumbers) -> Number
  ) throws -> [Number] {
    let before = scanner
    try scanner.expect("(")
    var ahead = scanner
    let numbers: [Number]
    switch try? ahead.word() {
    case "splat":
      let value = try ahead.list("(", ")") { try Number(scanning: &$0) }
      guard value.count == 1 else { throw before.refused("splat(v)") }
      numbers = Array(repeating: value[0], count: count)
      try ahead.expect(")")
      scanner = ahead
    case "seeded":
      let seed = try ahead.list("(", ")") { try Int(scanning: &$0) }
      guard seed.count == 1, seed[0] >= 0 else { throw before.refused("seeded(n)") }
      var generator = SeededNumbers(seed: UInt64(seed[0]))
      numbers = (0..<count).map { _ in seeded(&generator) }
      try ahead.expect(")")
      scanner = ahead
    default:
      scanner = before
      numbers = try scanner.list("(", ")") { try Number(scanning: &$0) }
      guard numbers.count == count else { throw before.refused("\(count) numbers, not \(numbers.count)") }
    }
    return numbers
  }
}

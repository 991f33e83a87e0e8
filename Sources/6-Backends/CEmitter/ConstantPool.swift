import Files
import Numbers
import Schedule

/// The constant arrays of a network: their definitions, and their declarations for the code that reads them. What is the same,
/// but for weights, stands there once.
struct ConstantPool {
  private var written = SourceText()
  private var declared = SourceText()
  /// By type, and hash of the numbers.
  private var names: [String: String] = [:]
  /// Of the types whose names say nothing of it.
  private let widths: [String: Int]
  /// Declarations and definitions of layers, which point to the arrays.
  private var layers = (declared: SourceText(), written: SourceText())
  private var bytes: [Kind: Int] = [:]

  /// What constants are for.
  enum Kind: String, CaseIterable {
    case weights, requantization
    case initial = "initial accumulators"
    case descriptors
    case positions = "positions that moves read"
  }

  /// - Parameters:
  ///   - accumulatorBits: of `st_accumulator`.
  ///   - extentBits: of `st_extent`.
  init(accumulatorBits: Int, extentBits: Int) {
    widths = ["st_accumulator": accumulatorBits / 8, "st_extent": extentBits / 8]
  }

  /// Bytes of all constants, by what they are for; pointers of 32 bits.
  var sizes: [(kind: Kind, bytes: Int)] {
    Kind.allCases.compactMap { kind in bytes[kind].flatMap { $0 > 0 ? (kind, $0) : nil } }
  }

  /// The name of an array with these values: this one, or that of one that is there already.
  mutating func array(
    _ name: String, type: String, _ values: some Collection<some FixedWidthInteger>, for kind: Kind = .requantization
  ) -> String {
    var numbers = SourceText()
    numbers.integers(values)
    let key = type + SHA256.hexadecimal(numbers.bytes)
    if let known = names[key] { return known }
    names[key] = name
    write(name, type, count: values.count, for: kind) { $0.append(numbers) }
    return name
  }

  /// A layer's weights, as numbers of `type`: no two layers have the same.
  mutating func weights(_ name: String, type: String = "uint16_t", _ words: [some FixedWidthInteger]) {
    write(name, type, count: words.count, for: .weights) { $0.integers(words) }
  }

  private mutating func write(
    _ name: String, _ type: String, count: Int, for kind: Kind, numbers: (inout SourceText) -> Void
  ) {
    let width = widths[type] ?? (Int(type.filter(\.isNumber)) ?? 0) / 8
    bytes[kind, default: 0] += count * width
    declared.line(Self.declaration(name, type, count))
    written.line("ST_CONSTANTS_SECTION ST_ALIGNED const \(type) \(name)[\(count)] = {")
    numbers(&written)
    written.write("\n};\n")
  }

  /// The name of an array of initial accumulators; 0 where all are zeros.
  mutating func initial(_ name: String, _ values: [Int64]) -> String {
    values.allSatisfy { $0 == 0 } ? "0" : array(name, type: "st_accumulator", values, for: .initial)
  }

  /// A layer's descriptor.
  ///
  /// - Parameter bytes: what it takes with pointers of 32 bits.
  mutating func layer(_ name: String, comment: String, _ members: [String], bytes size: Int) {
    bytes[.descriptors, default: 0] += size
    layers.declared.line("extern const st_layer \(name);")
    layers.written.line("\n/* \(comment) */\nST_CONSTANTS_SECTION const st_layer \(name) = {")
    for (index, member) in members.enumerated() {
      layers.written.line("    \(member)\(index + 1 < members.count ? "," : "};")")
    }
  }

  /// `values` as an expression of the variable `channel`: a literal where all are equal, else an element of an array called `name`.
  mutating func perChannel(_ name: String, _ values: [Int64], for kind: Kind = .requantization) -> String {
    let range = values.hull() ?? 0...0
    guard range.lowerBound < range.upperBound else { return Literal.integer(range.lowerBound) }
    return array(name, type: CodeType(holding: range).name, values, for: kind) + "[channel]"
  }

  var declarations: SourceText {
    var text = declared
    text.append(layers.declared)
    return text
  }

  var definitions: SourceText {
    var text = written
    text.append(layers.written)
    return text
  }

  private static func declaration(_ name: String, _ type: String, _ count: Int) -> String {
    "extern const \(type) \(name)[\(count)];"
  }
}

/// Constants as C99 writes them.
enum Literal {
  static func integer(_ value: Int64) -> String {
    value == .min ? "(-9223372036854775807 - 1)" : value < 0 ? "(\(value))" : "\(value)"
  }

  /// A hexadecimal floating-point constant: exactly `value`, which is finite.
  static func double(_ value: Double) -> String {
    let magnitude = value.magnitude
    let sign = value.sign == .minus ? "-" : ""
    guard magnitude != 0 else { return sign + "0.0" }
    var digits = String(magnitude.significandBitPattern, radix: 16)
    // Denormals are multiples of 2^-1074.
    guard magnitude.isNormal else { return "\(sign)0x\(digits)p-1074" }
    digits = String(repeating: "0", count: 13 - digits.utf8.count) + digits
    while digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
    return "\(sign)0x1\(digits.isEmpty ? "" : ".")\(digits)p\(magnitude.exponent)"
  }

  /// The shortest decimal constant that is read as `value`; a negative one keeps together. C++ has no hexadecimal ones
  /// before 2017.
  static func decimal(_ value: Double) -> String {
    value.sign == .minus ? "(\(value))" : "\(value)"
  }

  /// For macros: a negative constant keeps together.
  static func parenthesized(_ value: Double) -> String {
    value.sign == .minus ? "(\(double(value)))" : double(value)
  }
}

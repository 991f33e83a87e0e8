import Numbers
import Schedule

/// The constant arrays of a network: their definitions, and their declarations for the code that reads them.
struct ConstantPool {
  private(set) var definitions = SourceText()
  private(set) var declarations = SourceText()

  mutating func array(_ name: String, type: String, _ values: some Collection<some FixedWidthInteger>) {
    declare(name, type: type, count: values.count)
    definitions.integers(values)
    definitions.write("\n};\n")
  }

  private mutating func declare(_ name: String, type: String, count: Int) {
    declarations.line("extern const \(type) \(name)[\(count)];")
    definitions.line("const \(type) \(name)[\(count)] = {")
  }

  /// `values` as an expression of the variable `channel`: a literal where all are equal, else an element of an array called `name`.
  mutating func perChannel(_ name: String, _ values: [Int64]) -> String {
    let range = values.hull() ?? 0...0
    guard range.lowerBound < range.upperBound else { return Literal.integer(range.lowerBound) }
    array(name, type: CodeType(holding: range).name, values)
    return "\(name)[channel]"
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

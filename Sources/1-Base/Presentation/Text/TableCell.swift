import Diagnostics

/// One entry of a table. Text shows numbers grouped by thousands; CSV shows them raw.
package enum TableCell: Hashable, Sendable {
  case text(String)
  case integer(Int)
  /// Shown with `decimals` digits after the point, rounded half to even.
  case real(Double, decimals: Int)
  /// Nothing is known here.
  case missing

  /// As a person reads it.
  var displayed: String {
    switch self {
    case .text(let text): text.printable
    case .integer(let value): grouped(value)
    case .real(let value, let decimals): fixed(value, decimals: decimals)
    case .missing: "-"
    }
  }

  /// As another program reads it: all digits, no grouping.
  var raw: String {
    switch self {
    case .text(let text): text.printable
    case .integer(let value): String(value)
    case .real(let value, _): shortest(value)
    case .missing: ""
    }
  }
}

/// The shortest decimal that reads back as `value`; whole numbers without a point.
private func shortest(_ value: Double) -> String {
  if let integer = Int(exactly: value) { return String(integer) }
  return "\(value)"
}

/// `1210896` as `1,210,896`.
package func grouped(_ value: Int) -> String {
  var digits = Array(String(value.magnitude))
  var position = digits.count - 3
  while position > 0 {
    digits.insert(",", at: position)
    position -= 3
  }
  return (value < 0 ? "-" : "") + String(digits)
}

/// A part of 1 as `12.35 %`.
package func percentage(_ part: Double) -> String { "\(fixed(part * 100, decimals: 2)) %" }

/// `value` with `decimals` digits (0 to 9) after the point, rounded half to even, grouped by thousands before it. What is
/// rounded is the very number, as in C's `printf`: 0.00625 is a little more than its digits say.
package func fixed(_ value: Double, decimals: Int) -> String {
  precondition((0...9).contains(decimals), "a number is shown with 0 to 9 decimals")
  guard value.magnitude < 1e18 else { return "\(value)" }
  guard decimals > 0 else { return grouped(Int(value.rounded(.toNearestOrEven))) }
  let power = (0..<decimals).reduce(1) { power, _ in power * 10 }
  let whole = value.magnitude.rounded(.down)
  let units = rounded(value.magnitude - whole, times: Double(power))
  let sign = value < 0 && (whole > 0 || units > 0) ? "-" : ""
  let digits = String(units % power)
  return sign + grouped(Int(whole) + units / power) + "." + String(repeating: "0", count: decimals - digits.count)
    + digits
}

/// The integer next to `fraction` times `power`, half to even.
private func rounded(_ fraction: Double, times power: Double) -> Int {
  let product = fraction * power
  // What the product lacks, exactly.
  let error = (-product).addingProduct(fraction, power)
  let isTie = product - product.rounded(.down) == 0.5
  return Int(product.rounded(!isTie || error == 0 ? .toNearestOrEven : error > 0 ? .up : .down))
}

/// How text is shown: on how many columns, and whether with ANSI colours.
package struct TextStyle: Hashable, Sendable {
  /// Characters per line; nil: as many as it takes.
  package var width: Int?
  package var isColored: Bool

  package init(width: Int? = nil, isColored: Bool = false) {
    self.width = width
    self.isColored = isColored
  }

  package static let plain = TextStyle()

  package func bold(_ text: String) -> String { escaped(text, code: 1) }
  package func red(_ text: String) -> String { escaped(text, code: 31) }
  package func green(_ text: String) -> String { escaped(text, code: 32) }
  package func yellow(_ text: String) -> String { escaped(text, code: 33) }

  private func escaped(_ text: String, code: Int) -> String {
    isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

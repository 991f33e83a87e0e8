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
    case .text(let text): text
    case .integer(let value): grouped(value)
    case .real(let value, let decimals): fixed(value, decimals: decimals)
    case .missing: "-"
    }
  }

  /// As another program reads it: all digits, no grouping.
  var raw: String {
    switch self {
    case .text(let text): text
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

/// `value` with `decimals` digits (0 to 9) after the point, rounded half to even, grouped by thousands before it.
package func fixed(_ value: Double, decimals: Int) -> String {
  precondition((0...9).contains(decimals), "a number is shown with 0 to 9 decimals")
  guard value.isFinite else { return "\(value)" }
  var power = 1
  for _ in 0..<decimals { power *= 10 }
  let scaled = (value.magnitude * Double(power)).rounded(.toNearestOrEven)
  guard let units = Int(exactly: scaled) else { return "\(value)" }
  let sign = value < 0 && units > 0 ? "-" : ""
  guard decimals > 0 else { return sign + grouped(units) }
  let fraction = String(units % power)
  return sign + grouped(units / power) + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
}

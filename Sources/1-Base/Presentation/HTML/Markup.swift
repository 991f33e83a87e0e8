/// HTML that is XML too, written element by element. Every text is escaped: names come from files that nobody checked.
package struct Markup {
  package private(set) var text = ""

  package init() {}

  package mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ body: (inout Markup) -> Void
  ) {
    open(name, attributes)
    text += ">"
    body(&self)
    text += "</\(name)>"
  }

  package mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, _ content: String
  ) {
    element(name, attributes) { $0.write(content) }
  }

  package mutating func element(_ name: StaticString, _ content: String) { element(name, [:], content) }

  /// An element that holds nothing: `<br/>`
  package mutating func empty(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) {
    open(name, attributes)
    text += "/>"
  }

  package mutating func write(_ content: String) { text += Self.escaped(content) }

  /// Markup of our own, as it is.
  package mutating func raw(_ markup: StaticString) { text += "\(markup)" }

  package mutating func newline() { text += "\n" }

  private mutating func open(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>) {
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value))\"" }
  }

  /// Control characters, which XML forbids, become U+FFFD.
  static func escaped(_ content: String) -> String {
    guard content.utf8.contains(where: { $0 < 0x20 || "&<>\"'".utf8.contains($0) || $0 >= 0x7F }) else {
      return content
    }
    var escaped = String.UnicodeScalarView()
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      case "\t", "\n": escaped.append(" ")
      case _
      where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0xFFFE...0xFFFF).contains(scalar.value):
        escaped.append("\u{FFFD}")
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}

/// A length in pixels to a tenth.
package func pixels(_ length: Double) -> String {
  let tenths = Int((length * 10).rounded())
  let sign = tenths < 0 ? "-" : ""
  let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
  return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
}

/// A share of a whole, 0 to 1, to a hundredth of a percent.
package func percent(_ share: Double) -> String {
  let hundredths = Int((share * 10_000).rounded())
  let rest = hundredths % 100
  return "\(hundredths / 100)" + (rest == 0 ? "" : "." + (rest < 10 ? "0" : "") + "\(rest)") + "%"
}

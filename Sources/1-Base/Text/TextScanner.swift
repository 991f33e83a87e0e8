import Diagnostics

/// Reads the value of an attribute from left to right.
package struct TextScanner {
  package private(set) var rest: Substring
  package let whole: Substring
  package let location: Diagnostic.Location

  package init(_ text: Substring, at location: Diagnostic.Location) {
    rest = text
    whole = text
    self.location = location
  }

  package func refused(_ supported: String) -> Diagnostic {
    let place = rest.isEmpty ? "its end" : "'\(rest.prefix(20))'"
    return Diagnostic("'\(whole.prefix(60))' cannot be read at \(place)", at: location, supported: supported)
  }

  /// Whether `literal` comes next; it is taken then, with the spaces behind it.
  package mutating func take(_ literal: Character) -> Bool {
    guard rest.first == literal else { return false }
    rest = rest.dropFirst().drop(while: \.isWhitespace)
    return true
  }

  /// Words or signs that stand between values; taken with the spaces behind them.
  package mutating func expect(_ literal: String) throws {
    guard rest.hasPrefix(literal) else { throw refused("'\(literal)' here") }
    rest = rest.dropFirst(literal.count).drop(while: \.isWhitespace)
  }

  /// Letters, digits and underscores.
  package mutating func word() throws -> Substring {
    let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    guard !word.isEmpty else { throw refused("a word here") }
    rest = rest[word.endIndex...]
    return word
  }

  /// The text up to the next separator.
  package mutating func item() throws -> Substring {
    let item = rest.prefix { !",()[]*@ ".contains($0) }
    guard !item.isEmpty else { throw refused("a number here") }
    rest = rest[item.endIndex...].drop(while: \.isWhitespace)
    return item
  }

  /// What `value` makes of the text up to the next separator.
  package mutating func item<Value>(_ supported: String, as value: (Substring) -> Value?) throws -> Value {
    let before = self
    guard let value = value(try item()) else { throw before.refused(supported) }
    return value
  }

  /// `[1, 2]`, as many as `form` names.
  package mutating func integers(_ count: Int, _ form: String) throws -> [Int] {
    let before = self
    let numbers = try [Int](scanning: &self)
    guard numbers.count == count else { throw before.refused(form) }
    return numbers
  }

  /// The text up to the comma or bracket behind an element of a list: brackets in it have their partners.
  package mutating func phrase() throws -> Substring {
    var depth = 0
    let phrase = rest.prefix { character in
      if "([".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      return depth > 0 || (depth == 0 && character != ",")
    }
    guard !phrase.isEmpty else { throw refused("words here") }
    rest = rest[phrase.endIndex...]
    return phrase
  }

  /// `(a, b)` or, with other brackets, `[a, b]`; may be empty.
  package mutating func list<Element>(
    _ open: String = "[", _ close: Character = "]", of element: (inout TextScanner) throws -> Element
  ) throws -> [Element] {
    try expect(open)
    var elements: [Element] = []
    if take(close) { return elements }
    repeat { elements.append(try element(&self)) } while take(",")
    try expect(String(close))
    return elements
  }

  package func finish() throws {
    guard rest.isEmpty else { throw refused("nothing more") }
  }
}

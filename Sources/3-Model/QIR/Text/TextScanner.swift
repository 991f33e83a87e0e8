import Diagnostics

/// Reads the value of an attribute from left to right.
struct TextScanner {
  private(set) var rest: Substring
  let whole: Substring
  let location: Diagnostic.Location

  init(_ text: Substring, at location: Diagnostic.Location) {
    rest = text
    whole = text
    self.location = location
  }

  func refused(_ supported: String) -> Diagnostic {
    let place = rest.isEmpty ? "its end" : "'\(rest.prefix(20))'"
    return Diagnostic("'\(whole.prefix(60))' cannot be read at \(place)", at: location, supported: supported)
  }

  /// Whether `literal` comes next; it is taken then, with the spaces behind it.
  mutating func take(_ literal: Character) -> Bool {
    guard rest.first == literal else { return false }
    rest = rest.dropFirst().drop(while: \.isWhitespace)
    return true
  }

  mutating func expect(_ literal: Character) throws {
    guard take(literal) else { throw refused("'\(literal)' here") }
  }

  /// Letters, digits and underscores.
  mutating func word() throws -> Substring {
    let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    guard !word.isEmpty else { throw refused("a word here") }
    rest = rest[word.endIndex...]
    return word
  }

  /// The text up to the next separator.
  mutating func item() throws -> Substring {
    let item = rest.prefix { !",()[]*@ ".contains($0) }
    guard !item.isEmpty else { throw refused("a number here") }
    rest = rest[item.endIndex...].drop(while: \.isWhitespace)
    return item
  }

  /// `(a, b)` or, with other brackets, `[a, b]`; may be empty.
  mutating func list<Element>(
    _ open: Character = "[", _ close: Character = "]", of element: (inout TextScanner) throws -> Element
  ) throws -> [Element] {
    try expect(open)
    var elements: [Element] = []
    if take(close) { return elements }
    repeat { elements.append(try element(&self)) } while take(",")
    try expect(close)
    return elements
  }

  func finish() throws {
    guard rest.isEmpty else { throw refused("nothing more") }
  }
}

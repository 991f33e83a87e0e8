import Diagnostics

/// Hands out the attributes of a line one by one to the operator that reads them.
package struct AttributeReader {
  package let location: Diagnostic.Location
  private var entries: [(name: String, text: Substring)] = []

  package init(_ words: some Sequence<Substring>, at location: Diagnostic.Location) throws {
    self.location = location
    for word in words {
      guard let sign = word.firstIndex(of: "="), sign != word.startIndex else {
        throw Diagnostic("'\(word.prefix(60))' is no attribute", at: location, supported: "name=value")
      }
      let name = String(word[..<sign])
      if entries.contains(where: { $0.name == name }) {
        throw Diagnostic("attribute '\(name)' is given twice", at: location)
      }
      entries.append((name, word[word.index(after: sign)...]))
    }
  }

  package func has(_ name: String) -> Bool { entries.contains { $0.name == name } }

  private mutating func take(_ name: String) -> Substring? {
    entries.firstIndex { $0.name == name }.map { entries.remove(at: $0).text }
  }

  /// The value of an attribute as `read` finds it; nil where there is none of this name.
  package mutating func readIfPresent<Value>(_ name: String, by read: (inout TextScanner) throws -> Value) throws
    -> Value?
  {
    guard let text = take(name) else { return nil }
    var scanner = TextScanner(text, at: location)
    let value = try read(&scanner)
    try scanner.finish()
    return value
  }

  package mutating func readIfPresent<Value: TextValue>(_ name: String) throws -> Value? {
    try readIfPresent(name) { try Value(scanning: &$0) }
  }

  package mutating func read<Value: TextValue>(_ name: String, default standard: Value? = nil) throws -> Value {
    if let value: Value = try readIfPresent(name) ?? standard { return value }
    throw Diagnostic("no attribute '\(name)'", at: location, fix: "write \(name)=…")
  }

  package mutating func readWord(_ name: String) throws -> String {
    guard let word = take(name).flatMap(QuotedName.name(from:)) else {
      throw Diagnostic("no attribute '\(name)'", at: location, fix: "write \(name)=…")
    }
    return word
  }

  package mutating func readWord(_ name: String, default standard: String) throws -> String {
    has(name) ? try readWord(name) : standard
  }

  package mutating func readWordIfPresent(_ name: String, of words: [String]) throws -> String? {
    guard let word = take(name) else { return nil }
    guard words.contains(String(word)) else {
      throw Diagnostic("\(name)=\(word)", at: location, supported: words.joined(separator: ", "))
    }
    return String(word)
  }

  /// Throws where attributes are left that no operator asked for.
  package func finish() throws {
    guard entries.isEmpty else {
      throw Diagnostic("unknown attribute \(entries.map { "'\($0.name)'" }.joined(separator: ", "))", at: location)
    }
  }
}

/// Collects attributes as text, `name=value` each, in the order in which they are named.
package struct AttributeWriter {
  package private(set) var words: [String] = []
  package let constants: ConstantStyle

  package init(constants: ConstantStyle) {
    self.constants = constants
  }

  package mutating func write(_ name: String, _ value: some TextValue) {
    words.append("\(name)=\(value.text)")
  }

  /// A value that is text already.
  package mutating func write(_ name: String, text: String) {
    words.append("\(name)=\(text)")
  }

  /// Leaves out what the reader assumes.
  package mutating func write<Value: TextValue & Equatable>(_ name: String, _ value: Value, unless standard: Value) {
    if value != standard { write(name, value) }
  }

  /// A word as it is, in quotation marks where it would fall apart.
  package mutating func write(_ name: String, word: String) {
    let tokens = LineTokens(Substring(word))
    let isOneWord = tokens.isBalanced && tokens.words == [Substring(word)] && word.first != "\""
    words.append("\(name)=\(isOneWord ? word : QuotedName.text(of: word))")
  }
}

/// How long constants are written.
package enum ConstantStyle: Sendable {
  /// All numbers: what is written can be read back.
  case whole
  /// Only how many there are, where there are more than `limit` that no short form says.
  case elided(above: Int)
}

import Diagnostics

/// Reads a text form: its kind and name at the top, statements, and what is handed out.
///
///     graph digits
///     x = input shape=[8, 8, 1]
///     …
///     output c
package struct StatementReader<Value> {
  /// The word that stands before the name.
  let kind: String
  /// What statements make, for messages.
  let noun: String
  /// What may stand behind the `->` of a statement, for messages.
  let resultForm: String
  let file: String?
  /// nil where no line says it.
  package private(set) var name: String?
  package private(set) var outputs: [Output] = []
  private var values: [String: Value] = [:]
  /// Names of lines that could not be read: who uses them is not to blame.
  private var broken: Set<String> = []
  private var problems = Diagnostics()

  /// What is handed out, and what is said of it.
  package struct Output {
    package let value: Value
    package let attributes: AttributeReader
  }

  package init(kind: String, of noun: String, resultForm: String, file: String?) {
    self.kind = kind
    self.noun = noun
    self.resultForm = resultForm
    self.file = file
  }

  /// Makes the value of a statement, whose attributes it reads to the end, from those of its operands; they are nil where the
  /// line of one could not be read: the rest can be judged all the same, and nil comes back.
  package typealias Make = (inout Statement, [Value]?) throws -> Value?

  /// Throws all that is wrong with `text`.
  package mutating func read(_ text: String, making make: Make) throws(Diagnostics) {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let location = Diagnostic.Location(file: file.map { "\($0):\(index + 1)" } ?? "line \(index + 1)")
      read(LineTokens(line), at: location, making: make)
    }
    try problems.throwIfErrors()
  }

  private mutating func read(_ line: LineTokens, at location: Diagnostic.Location, making make: Make) {
    let words = line.words
    guard let first = words.first else { return }
    guard line.isBalanced else {
      problems.report("a bracket or quotation mark has no partner", at: location)
      return
    }
    if words.count > 2, words[1] == "=", let name = QuotedName.name(from: first) {
      var location = location
      location.layer = name
      broken.insert(name)
      attempt { try $0.readStatement(named: name, words[2...], at: location, making: make) }
    } else if first == kind[...], words.count == 2, let name = QuotedName.name(from: words[1]) {
      self.name = name
    } else if first == "output" {
      let names = words.dropFirst().prefix { $0.first == "\"" || !$0.contains("=" as Character) }
      for name in names {
        attempt { reader in
          let attributes = try AttributeReader(words.dropFirst(1 + names.count), at: location)
          if let value = try reader.value(named: name, at: location) {
            reader.outputs.append(Output(value: value, attributes: attributes))
          }
        }
      }
    } else {
      problems.report(
        "'\(words.map(String.init).joined(separator: " ").prefix(60))' is no line of a \(kind)", at: location,
        supported: "'\(kind) name', 'name = operator inputs attributes -> \(resultForm)' and 'output names'")
    }
  }

  private mutating func readStatement(
    named name: String, _ words: ArraySlice<Substring>, at location: Diagnostic.Location, making make: Make
  ) throws {
    guard values[name] == nil else { throw Diagnostic("a second \(noun) of this name", at: location) }
    var statement = try Statement(name: name, words, resultForm: resultForm, at: location)
    let operands = try statement.operands.map { try self.value(named: $0, at: location) }
    let known = operands.compactMap { $0 }
    values[name] = try make(&statement, known.count == operands.count ? known : nil)
  }

  /// What a word names; nil where its own line could not be read.
  private func value(named word: Substring, at location: Diagnostic.Location) throws -> Value? {
    guard let name = QuotedName.name(from: word) else { throw Diagnostic("'\(word)' is no name", at: location) }
    if let value = values[name] { return value }
    if broken.contains(name) { return nil }
    throw Diagnostic("no \(noun) '\(name)' before this line", at: location)
  }

  private mutating func attempt(_ body: (inout StatementReader) throws -> Void) {
    var found = Diagnostics()
    _ = found.collecting { try body(&self) }
    problems.report(contentsOf: found)
  }
}

/// A line of a text form that gives a value its name: `name = operator operands attributes -> result`.
package struct Statement {
  package let location: Diagnostic.Location
  package let name: String
  package let mnemonic: String
  /// Names as they are written.
  package let operands: [Substring]
  package var attributes: AttributeReader
  /// The words behind `->`; none where nothing is said.
  package let result: ArraySlice<Substring>

  /// - Parameters:
  ///   - words: those behind `name =`, at least one.
  ///   - resultForm: what may stand behind `->`, for messages.
  init(name: String, _ words: ArraySlice<Substring>, resultForm: String, at location: Diagnostic.Location) throws {
    self.location = location
    self.name = name
    mnemonic = String(words[words.startIndex])
    let arrow = words.firstIndex(of: "->") ?? words.endIndex
    guard arrow + 1 != words.endIndex else {
      throw Diagnostic("nothing behind '->'", at: location, supported: "-> \(resultForm)")
    }
    result = words[arrow...].dropFirst()
    let rest = words[..<arrow].dropFirst()
    operands = Array(rest.prefix { $0.first == "\"" || !$0.contains("=" as Character) })
    attributes = try AttributeReader(rest.dropFirst(operands.count), at: location)
  }
}

/// The words of a line of the text form: whatever stands between spaces that are outside brackets and quotation marks. `//`
/// starts a comment.
package struct LineTokens {
  package private(set) var words: [Substring] = []
  /// Whether every bracket and every quotation mark has its partner.
  package private(set) var isBalanced = true

  package init(_ line: Substring) {
    var depth = 0
    var quote: Character?
    var start: Substring.Index?
    var index = line.startIndex
    func isComment(_ index: Substring.Index) -> Bool {
      line[index...].hasPrefix("//") && (index == line.startIndex || line[line.index(before: index)].isWhitespace)
    }
    while index < line.endIndex {
      let character = line[index]
      if let open = quote {
        if character == "\\" {
          index = line.index(after: index)
          if index == line.endIndex { break }
        } else if character == open {
          quote = nil
        }
      } else if depth == 0, character.isWhitespace || isComment(index) {
        if let first = start { words.append(line[first..<index]) }
        start = nil
        if !character.isWhitespace { break }
      } else {
        if start == nil { start = index }
        switch character {
        case "\"", "'": quote = character
        case "(", "[": depth += 1
        case ")", "]": depth -= 1
        default: break
        }
        if depth < 0 { isBalanced = false }
      }
      index = line.index(after: index)
    }
    if let first = start { words.append(line[first...]) }
    isBalanced = isBalanced && depth == 0 && quote == nil
  }
}

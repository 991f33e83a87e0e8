import Diagnostics

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

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

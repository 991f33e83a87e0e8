import Quantization

/// Collects the attributes of a node as text, `name=value` each, in the order in which an operator names them.
package struct AttributeWriter {
  private(set) var words: [String] = []
  let constants: ConstantStyle

  init(constants: ConstantStyle) {
    self.constants = constants
  }

  mutating func write(_ name: String, _ value: some TextValue) {
    words.append("\(name)=\(value.text)")
  }

  /// Leaves out what the reader assumes.
  mutating func write<Value: TextValue & Equatable>(_ name: String, _ value: Value, unless standard: Value) {
    if value != standard { write(name, value) }
  }

  mutating func write(_ name: String, _ parameter: Parameter?) {
    if let parameter { words.append("\(name)=\(parameter.text(constants))") }
  }

  /// Everything but the size, which a kernel says already.
  mutating func write(_ window: Window) {
    write("stride", window.stride, unless: .one)
    write("dilation", window.dilation, unless: .one)
    write("padding", window.padding, unless: .none)
  }

  /// A word as it is, in quotation marks where it would fall apart.
  mutating func write(_ name: String, word: String) {
    let tokens = LineTokens(Substring(word))
    let isOneWord = tokens.isBalanced && tokens.words == [Substring(word)] && word.first != "\""
    words.append("\(name)=\(isOneWord ? word : NodeName.text(of: word))")
  }
}

import Diagnostics
import Numbers
import Targets
import Text

extension ProgramTensor {
  /// `[6, 6, 8] -8..7 scale=0.25 zero_point=1 offset=[0.5, …]`
  func words(_ constants: ConstantStyle) -> [String] {
    var writer = AttributeWriter(constants: constants)
    encoding.write(to: &writer)
    return [shape.text, range.text] + writer.words
  }

  init(_ statement: Statement) throws {
    let words = statement.result
    guard words.count >= 2 else {
      throw Diagnostic(
        "no tensor", at: statement.location, supported: "-> [rows, columns, channels] least..most scale=…")
    }
    func read<Value: TextValue>(_ word: Substring) throws -> Value {
      var scanner = TextScanner(word, at: statement.location)
      let value = try Value(scanning: &scanner)
      try scanner.finish()
      return value
    }
    var attributes = try AttributeReader(words.dropFirst(2), at: statement.location)
    self.init(
      name: statement.name, shape: try read(words[words.startIndex]), range: try read(words[words.startIndex + 1]),
      encoding: try Encoding(&attributes))
    try attributes.finish()
  }
}

extension Encoding {
  func write(to writer: inout AttributeWriter) {
    writer.write("scale", text: scales.text)
    writer.write("zero_point", zeroPoint, unless: 0)
    if offsets != [0] { writer.write("offset", text: offsets.text) }
  }

  init(_ attributes: inout AttributeReader) throws {
    self.init(
      scales: try attributes.read("scale"), zeroPoint: try attributes.read("zero_point", default: 0),
      offsets: try attributes.read("offset", default: [0]))
  }
}

extension MapShape: TextValue {
  /// `[rows, columns, channels]`
  package var text: String { [rows, columns, channels].text }

  package init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let numbers = try [Int](scanning: &scanner)
    guard numbers.count == 3, numbers.allSatisfy({ (0...1 << 20).contains($0) }) else {
      throw before.refused("[rows, columns, channels], at most \(1 << 20) each")
    }
    self.init(rows: numbers[0], columns: numbers[1], channels: numbers[2])
  }
}

extension Extents: TextValue {
  /// `[rows, columns]`
  package var text: String { [rows, columns].text }

  package init(scanning scanner: inout TextScanner) throws {
    let numbers = try scanner.integers(2, "[rows, columns]")
    self.init(rows: numbers[0], columns: numbers[1])
  }
}

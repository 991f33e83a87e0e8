import Diagnostics
import Quantization

/// Hands out the attributes of a node one by one to the operator that reads them.
package struct AttributeReader {
  let location: Diagnostic.Location
  private var entries: [(name: String, text: Substring)] = []

  init(_ words: some Sequence<Substring>, at location: Diagnostic.Location) throws {
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

  private mutating func take(_ name: String) -> Substring? {
    entries.firstIndex { $0.name == name }.map { entries.remove(at: $0).text }
  }

  mutating func readIfPresent<Value: TextValue>(_ name: String) throws -> Value? {
    guard let text = take(name) else { return nil }
    var scanner = TextScanner(text, at: location)
    let value = try Value(scanning: &scanner)
    try scanner.finish()
    return value
  }

  mutating func read<Value: TextValue>(_ name: String, default standard: Value? = nil) throws -> Value {
    if let value: Value = try readIfPresent(name) ?? standard { return value }
    throw Diagnostic("no attribute '\(name)'", at: location, fix: "write \(name)=…")
  }

  mutating func readParameterIfPresent(_ name: String) throws -> Parameter? {
    guard let text = take(name) else { return nil }
    var scanner = TextScanner(text, at: location)
    let parameter = try Parameter(scanning: &scanner)
    try scanner.finish()
    return parameter
  }

  mutating func readParameter(_ name: String) throws -> Parameter {
    if let parameter = try readParameterIfPresent(name) { return parameter }
    throw Diagnostic("no attribute '\(name)'", at: location, fix: "write \(name)=int4[shape](codes)*scale")
  }

  mutating func readWindow(size: Extent) throws -> Window {
    Window(
      size: size, stride: try read("stride", default: .one), dilation: try read("dilation", default: .one),
      padding: try read("padding", default: .some(.none)))
  }

  mutating func readWord(_ name: String) throws -> String {
    guard let word = take(name).flatMap(NodeName.name(from:)) else {
      throw Diagnostic("no attribute '\(name)'", at: location, fix: "write \(name)=…")
    }
    return word
  }

  mutating func readWordIfPresent(_ name: String, of words: [String]) throws -> String? {
    guard let word = take(name) else { return nil }
    guard words.contains(String(word)) else {
      throw Diagnostic("\(name)=\(word)", at: location, supported: words.joined(separator: ", "))
    }
    return String(word)
  }

  /// Throws where attributes are left that no operator asked for.
  func finish() throws {
    guard entries.isEmpty else {
      throw Diagnostic("unknown attribute \(entries.map { "'\($0.name)'" }.joined(separator: ", "))", at: location)
    }
  }
}

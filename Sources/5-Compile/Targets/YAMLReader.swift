import Diagnostics
import YAML

/// Walks a YAML document and collects what is wrong with it, each problem with file, line and key path. A value that is
/// wrong reads as a harmless stand-in, so that the walk goes on and finds the other problems; `problems` tells.
struct YAMLReader {
  /// A node and the way to it: `engines.conv2D.inputMemory.rows`.
  struct Field {
    var node: YAMLNode
    var path: String
  }

  let file: String
  var problems = Diagnostics()

  init(file: String) {
    self.file = file
  }

  /// - Throws: `Diagnostics` where the text is not YAML.
  mutating func root(of text: String) throws(Diagnostics) -> Field {
    do throws(Diagnostic) {
      let node = try require(
        YAMLNode.document(in: text, file: file), "the file is empty", at: .init(file: file),
        supported: "a description in YAML")
      return Field(node: node, path: "")
    } catch {
      throw Diagnostics([error])
    }
  }

  mutating func report(_ found: String, at field: Field, supported: String? = nil) {
    let subject = field.path.isEmpty ? "the file" : "`\(field.path)`"
    problems.report("\(subject) \(found) (line \(field.node.line))", at: .init(file: file), supported: supported)
  }

  /// The fields of a mapping; those that are missing or unknown are reported.
  mutating func fields(of field: Field, required: [String], optional: [String] = []) -> [String: Field] {
    guard let members = field.node.members else {
      report("is not a mapping", at: field, supported: "keys \(required.joined(separator: ", "))")
      return [:]
    }
    var found: [String: Field] = [:]
    for member in members {
      guard let name = member.key.text else {
        report("has a key that is no text", at: Field(node: member.key, path: field.path))
        continue
      }
      let inner = Field(node: member.value, path: field.path.isEmpty ? name : "\(field.path).\(name)")
      if required.contains(name) || optional.contains(name) {
        found[name] = inner
      } else {
        report("is not known", at: inner, supported: (required + optional).joined(separator: ", "))
      }
    }
    let missing = required.filter { found[$0] == nil }
    if !missing.isEmpty {
      report("lacks \(missing.map { "`\($0)`" }.joined(separator: ", "))", at: field)
    }
    return found
  }

  /// An integer of `range`; a missing field was reported already.
  mutating func integer(_ field: Field?, in range: ClosedRange<Int> = 1...65536) -> Int {
    guard let field else { return range.lowerBound }
    guard let text = field.node.text, let value = Int(text) else {
      report("is \(description(of: field.node))", at: field, supported: "an integer, \(span(range))")
      return range.lowerBound
    }
    guard range.contains(value) else {
      report("is \(value)", at: field, supported: "an integer, \(span(range))")
      return range.lowerBound
    }
    return value
  }

  /// A factor that products and quotients of many stay finite with.
  mutating func factor(_ field: Field?) -> Double {
    guard let field else { return 1 }
    guard let text = field.node.text, let value = Double(text), (0.001...1000).contains(value) else {
      report("is \(description(of: field.node))", at: field, supported: "a number, 0.001 to 1000")
      return 1
    }
    return value
  }

  /// A number of `range`.
  mutating func number(_ field: Field, in range: ClosedRange<Double>) -> Double {
    guard let text = field.node.text, let value = Double(text), range.contains(value) else {
      report(
        "is \(description(of: field.node))", at: field,
        supported: "a number, \(Int(range.lowerBound)) to \(Int(range.upperBound))")
      return 0
    }
    return value
  }

  mutating func string(_ field: Field?) -> String {
    guard let field else { return "" }
    guard let text = field.node.text, !text.isEmpty else {
      report("is \(description(of: field.node))", at: field, supported: "text")
      return ""
    }
    return text
  }

  mutating func choice<Value: RawRepresentable & CaseIterable>(_ field: Field?, of first: Value) -> Value
  where Value.RawValue == String {
    guard let field else { return first }
    guard let text = field.node.text, let value = Value(rawValue: text) else {
      let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
      report("is \(description(of: field.node))", at: field, supported: names)
      return first
    }
    return value
  }

  mutating func items(of field: Field?) -> [Field] {
    guard let field else { return [] }
    guard let items = field.node.items, !items.isEmpty else {
      report("is \(description(of: field.node))", at: field, supported: "a list that is not empty")
      return []
    }
    return items.enumerated().map { Field(node: $0.element, path: "\(field.path)[\($0.offset)]") }
  }

  private func span(_ range: ClosedRange<Int>) -> String { "\(range.lowerBound) to \(range.upperBound)" }

  private func description(of node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let text): text.isEmpty ? "empty" : "'\(text)'"
    case .mapping: "a mapping"
    case .sequence(let items): items.isEmpty ? "an empty list" : "a list"
    }
  }
}

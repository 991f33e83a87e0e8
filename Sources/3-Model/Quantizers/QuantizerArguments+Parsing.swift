import Diagnostics

extension QuantizerArguments {
  /// Reads the string form of a quantizer, `quantized_bits(8,0,alpha='auto_po2')`, by the rules of QKeras' `safe_eval`: a
  /// name alone takes all defaults, and values are numbers, True, False, None, quoted strings or `[1 2]`. No code runs.
  package init(parsing text: String, location: Diagnostic.Location = .init()) throws {
    func refused(_ found: String) -> Diagnostic {
      Diagnostic(
        "quantizer '\(text)': \(found)", at: location, supported: "name or name(value, …, name=value)",
        fix: "write it like quantized_bits(8,0,alpha='auto_po2')")
    }
    let parts = text.split(separator: "(", omittingEmptySubsequences: false)
    let name = parts[0].trimmed
    guard !name.isEmpty else { throw refused("it has no name") }
    guard parts.count > 1 else {
      self.init(quantizer: String(name), location: location)
      return
    }
    guard parts.count == 2 else { throw refused("parentheses inside parentheses") }
    let inside = parts[1].trimmed
    guard inside.last == ")", inside.filter({ $0 == ")" }).count == 1 else { throw refused("no single ')' at its end") }

    var positional: [Value] = []
    var named: [String: Value] = [:]
    let items = inside.dropLast().split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
    for item in items where items != [""] {
      let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
      guard let written = sides.last, !written.isEmpty else { throw refused("an empty argument") }
      guard let value = Value(parsing: written) else { throw refused("\(written) is no value") }
      if sides.count == 1 {
        guard named.isEmpty else { throw refused("a value without a name follows one with a name") }
        positional.append(value)
      } else if sides[0].isEmpty || named.updateValue(value, forKey: String(sides[0])) != nil {
        throw refused(sides[0].isEmpty ? "a value without its name" : "argument '\(sides[0])' is given twice")
      }
    }
    self.init(quantizer: String(name), positional: positional, named: named, location: location)
  }
}

extension QuantizerArguments.Value {
  fileprivate init?(parsing text: Substring) {
    switch text {
    case "True": self = .bool(true)
    case "False": self = .bool(false)
    case "None": self = .none
    default:
      if let int = Int64(text) {
        self = .int(int)
      } else if let double = Double(text) {
        self = .double(double)
      } else if let quote = text.first, quote == "'" || quote == "\"", text.count > 1, text.last == quote {
        self = .string(String(text.dropFirst().dropLast()))
      } else if text.first == "[", text.last == "]" {
        let numbers = text.dropFirst().dropLast().split(separator: " ").map { Double($0) }
        guard !numbers.isEmpty, !numbers.contains(nil) else { return nil }
        self = .array(numbers.compactMap { $0 }, shape: [numbers.count])
      } else {
        return nil
      }
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start.prefix(0) }
    return start[...last]
  }
}

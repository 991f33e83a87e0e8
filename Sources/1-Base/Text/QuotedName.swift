/// Names as a text form writes them: bare where that is unambiguous, in quotation marks elsewhere.
package enum QuotedName {
  package static func text(of name: String) -> String {
    let isBare =
      !name.isEmpty && name != "->"
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "_./:-".utf8.contains(byte)
        }
      }
    // Two slashes start a comment.
    if isBare, !name.hasPrefix("//") { return name }
    let escaped = name.flatMap { character -> [Character] in
      switch character {
      case "\"", "\\": ["\\", character]
      case "\n": ["\\", "n"]
      case "\r\n": ["\\", "r", "\\", "n"]
      case "\r": ["\\", "r"]
      default: [character]
      }
    }
    return "\"" + String(escaped) + "\""
  }

  /// The name that `text` writes; nil where it ends in the middle.
  package static func name(from text: Substring) -> String? {
    guard text.first == "\"" else { return String(text) }
    guard text.count >= 2, text.last == "\"" else { return nil }
    var name = ""
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if isEscaped {
        name.append(character == "n" ? "\n" : character == "r" ? "\r" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        name.append(character)
      }
    }
    return isEscaped ? nil : name
  }
}

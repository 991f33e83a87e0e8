extension StringProtocol {
  /// The text as people are shown it: what a terminal would obey instead of showing it, control characters, line ends and
  /// marks that turn the direction of writing, stands there in escapes (`\n`, `\u{1B}`), so that a name from a file
  /// forges no line and hides nothing.
  package var printable: String {
    if utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return String(self) }
    var shown = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": shown += "\\n"
      case "\r": shown += "\\r"
      case "\t": shown += "\\t"
      case _ where scalar.isInvisible: shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}

extension Unicode.Scalar {
  /// Whether it is no character to be seen, but says something about those around it.
  package var isInvisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: false
    }
  }
}

extension Collection<String> {
  /// `'a', 'b', and 3 more`
  package var quotedList: String {
    let limit = 12
    return prefix(limit).map { "'\($0)'" }.joined(separator: ", ")
      + (count > limit ? ", and \(count - limit) more" : "")
  }
}

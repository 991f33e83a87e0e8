/// How text is shown: on how many columns, and whether with ANSI colours.
package struct TextStyle: Hashable, Sendable {
  /// Characters per line; nil: as many as it takes.
  package var width: Int?
  package var isColored: Bool

  package init(width: Int? = nil, isColored: Bool = false) {
    self.width = width
    self.isColored = isColored
  }

  package static let plain = TextStyle()

  package func bold(_ text: String) -> String { escaped(text, code: 1) }
  package func red(_ text: String) -> String { escaped(text, code: 31) }
  package func green(_ text: String) -> String { escaped(text, code: 32) }
  package func yellow(_ text: String) -> String { escaped(text, code: 33) }

  private func escaped(_ text: String, code: Int) -> String {
    isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

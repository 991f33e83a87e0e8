/// Rows of text under titles, as wide as they are; a window that is too narrow scrolls them.
package struct TextTable {
  package struct Column {
    enum Kind { case name, text, number }
    var title: String
    var kind: Kind
    /// Left out where the window is narrow.
    var isWide: Bool

    package init(_ title: String, isWide: Bool = false, isNumber: Bool = true) {
      self.init(title: title, kind: isNumber ? .number : .text, isWide: isWide)
    }

    private init(title: String, kind: Kind, isWide: Bool) {
      (self.title, self.kind, self.isWide) = (title, kind, isWide)
    }

    package static func name(_ title: String) -> Column { Column(title: title, kind: .name, isWide: false) }
    package static func text(_ title: String, isWide: Bool = false) -> Column {
      Column(title: title, kind: .text, isWide: isWide)
    }
    package static func number(_ title: String, isWide: Bool = false) -> Column {
      Column(title: title, kind: .number, isWide: isWide)
    }

    var classes: String {
      [kind == .number ? "number" : nil, isWide ? "wide" : nil].compactMap { $0 }.joined(separator: " ")
    }
  }

  var columns: [Column]
  /// As many cells each as there are columns.
  var rows: [[String]]

  package init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }

  package func write(to markup: inout Markup) {
    markup.element("div", ["class": "scroll"]) { markup in
      markup.element("table", ["class": "plain"]) { markup in
        markup.element("thead") { markup in
          markup.element("tr") { markup in
            for column in columns { markup.element("th", ["class": column.classes], column.title) }
          }
        }
        markup.newline()
        markup.element("tbody") { markup in
          for row in rows {
            markup.element("tr") { write(row, to: &$0) }
            markup.newline()
          }
        }
      }
    }
    markup.newline()
  }

  private func write(_ row: [String], to markup: inout Markup) {
    for (cell, column) in zip(row, columns) {
      if column.kind == .name {
        markup.element("th", cell)
      } else {
        markup.element("td", ["class": column.classes], cell)
      }
    }
  }
}

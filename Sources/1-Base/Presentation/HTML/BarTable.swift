/// Rows with a bar each and numbers beside it. Bars are as wide as the window leaves them.
package struct BarTable {
  package struct Column {
    var title: String
    /// Left out where the window is narrow.
    var isWide: Bool
    var isNumber: Bool

    package init(_ title: String, isWide: Bool = false, isNumber: Bool = true) {
      self.title = title
      self.isWide = isWide
      self.isNumber = isNumber
    }
  }

  package struct Row {
    var name: String
    /// Parts of the bar from left to right: a class that colours it, and how long it is.
    var bar: [(fill: String, value: Double)]
    /// A second bar below.
    var second: [(fill: String, value: Double)]
    /// As many as columns.
    var cells: [String]

    package init(
      name: String, bar: [(fill: String, value: Double)], second: [(fill: String, value: Double)] = [],
      cells: [String]
    ) {
      self.name = name
      self.bar = bar
      self.second = second
      self.cells = cells
    }
  }

  var caption: String
  var columns: [Column]
  var rows: [Row]
  /// As many as columns.
  var totals: [String]?

  package init(caption: String, columns: [Column], rows: [Row], totals: [String]? = nil) {
    self.caption = caption
    self.columns = columns
    self.rows = rows
    self.totals = totals
  }

  package func write(to markup: inout Markup) {
    let longest = rows.flatMap { [$0.bar, $0.second] }.map { $0.reduce(0) { $0 + $1.value } }.max() ?? 0
    markup.element("table") { markup in
      markup.element("thead") { markup in
        markup.element("tr") { markup in
          markup.element("th", "layer")
          markup.element("th", ["class": "chart"], caption)
          for column in columns { markup.element("th", ["class": Self.classes(column)], column.title) }
        }
      }
      markup.newline()
      markup.element("tbody") { markup in
        for row in rows {
          write(row, longest: longest, to: &markup)
          markup.newline()
        }
      }
      if let totals { write(totals, to: &markup) }
    }
    markup.newline()
  }

  private func write(_ row: Row, longest: Double, to markup: inout Markup) {
    markup.element("tr") { markup in
      markup.element("th", row.name)
      markup.element("td", ["class": "chart"]) { markup in
        let height = row.second.isEmpty ? 11 : 15
        markup.element("svg", ["class": "bar", "height": "\(height)", "aria-hidden": "true"]) { markup in
          if row.second.isEmpty {
            write(row.bar, top: 0, height: 11, longest: longest, to: &markup)
          } else {
            write(row.bar, top: 0, height: 7, longest: longest, to: &markup)
            write(row.second, top: 8, height: 7, longest: longest, to: &markup)
          }
        }
      }
      for (cell, column) in zip(row.cells, columns) { markup.element("td", ["class": Self.classes(column)], cell) }
    }
  }

  private func write(
    _ bar: [(fill: String, value: Double)], top: Int, height: Int, longest: Double, to markup: inout Markup
  ) {
    var start = 0.0
    for part in bar where part.value > 0 && longest > 0 {
      let width = part.value / longest * 100
      markup.empty(
        "rect",
        [
          "class": part.fill, "x": "\(Self.percent(start))", "y": "\(top)", "width": "\(Self.percent(width))",
          "height": "\(height)",
        ])
      start += width
    }
  }

  private func write(_ totals: [String], to markup: inout Markup) {
    markup.element("tfoot") { markup in
      markup.element("tr") { markup in
        markup.element("th", "total")
        markup.element("td", ["class": "chart"], "")
        for (cell, column) in zip(totals, columns) { markup.element("td", ["class": Self.classes(column)], cell) }
      }
    }
  }

  private static func classes(_ column: Column) -> String {
    [column.isNumber ? "number" : nil, column.isWide ? "wide" : nil].compactMap { $0 }.joined(separator: " ")
  }

  private static func percent(_ share: Double) -> String {
    let hundredths = Int((share * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100)" + (rest == 0 ? "" : "." + (rest < 10 ? "0" : "") + "\(rest)") + "%"
  }
}

/// Rows with a picture each and numbers beside it. Pictures are as wide as the window leaves them.
package struct ChartTable {
  package typealias Column = TextTable.Column

  package struct Row {
    var name: String
    /// Writes an `svg` element.
    var chart: (inout Markup) -> Void
    /// As many as columns.
    var cells: [String]

    package init(name: String, cells: [String], chart: @escaping (inout Markup) -> Void) {
      self.name = name
      self.chart = chart
      self.cells = cells
    }
  }

  /// What rows are.
  var title: String
  /// Of the pictures.
  var caption: String
  var columns: [Column]
  var rows: [Row]
  /// As many as columns.
  var totals: [String]?

  package init(
    title: String = "layer", caption: String, columns: [Column], rows: [Row], totals: [String]? = nil
  ) {
    self.title = title
    self.caption = caption
    self.columns = columns
    self.rows = rows
    self.totals = totals
  }

  package func write(to markup: inout Markup) {
    markup.element("table") { markup in
      markup.element("thead") { markup in
        markup.element("tr") { markup in
          markup.element("th", title)
          markup.element("th", ["class": "chart"], caption)
          for column in columns { markup.element("th", ["class": column.classes], column.title) }
        }
      }
      markup.newline()
      markup.element("tbody") { markup in
        for row in rows {
          markup.element("tr") { markup in
            markup.element("th", row.name)
            markup.element("td", ["class": "chart"], row.chart)
            writeCells(row.cells, to: &markup)
          }
          markup.newline()
        }
      }
      if let totals {
        markup.element("tfoot") { markup in
          markup.element("tr") { markup in
            markup.element("th", "total")
            markup.element("td", ["class": "chart"], "")
            writeCells(totals, to: &markup)
          }
        }
      }
    }
    markup.newline()
  }

  private func writeCells(_ cells: [String], to markup: inout Markup) {
    for (cell, column) in zip(cells, columns) { markup.element("td", ["class": column.classes], cell) }
  }
}

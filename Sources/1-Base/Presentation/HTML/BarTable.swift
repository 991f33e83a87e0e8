/// Rows with a bar each and numbers beside it, all bars to one scale.
package struct BarTable {
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

  private let table: ChartTable

  /// - Parameter totals: as many as columns.
  package init(
    title: String = "layer", caption: String, columns: [ChartTable.Column], rows: [Row], totals: [String]? = nil
  ) {
    let longest = rows.flatMap { [$0.bar, $0.second] }.map { $0.reduce(0) { $0 + $1.value } }.max() ?? 0
    table = ChartTable(
      title: title, caption: caption, columns: columns,
      rows: rows.map { row in
        .init(name: row.name, cells: row.cells) { markup in row.write(longest: longest, to: &markup) }
      }, totals: totals)
  }

  package func write(to markup: inout Markup) { table.write(to: &markup) }
}

extension BarTable.Row {
  fileprivate func write(longest: Double, to markup: inout Markup) {
    let height = second.isEmpty ? 11 : 15
    markup.element("svg", ["class": "bar", "height": "\(height)", "aria-hidden": "true"]) { markup in
      if second.isEmpty {
        write(bar, top: 0, height: 11, longest: longest, to: &markup)
      } else {
        write(bar, top: 0, height: 7, longest: longest, to: &markup)
        write(second, top: 8, height: 7, longest: longest, to: &markup)
      }
    }
  }

  private func write(
    _ bar: [(fill: String, value: Double)], top: Int, height: Int, longest: Double, to markup: inout Markup
  ) {
    var start = 0.0
    for part in bar where part.value > 0 && longest > 0 {
      let width = part.value / longest
      markup.empty(
        "rect",
        [
          "class": part.fill, "x": percent(start), "y": "\(top)", "width": percent(width), "height": "\(height)",
        ])
      start += width
    }
  }
}

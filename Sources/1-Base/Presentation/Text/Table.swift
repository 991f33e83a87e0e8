/// Rows under named columns, shown as aligned text or as CSV.
package struct Table: Hashable, Sendable {
  package struct Column: Hashable, Sendable {
    package enum Alignment: Hashable, Sendable { case left, right }

    package var title: String
    package var alignment: Alignment
    /// The width that the column may shrink to on a narrow terminal, in characters; nil: it never shrinks.
    package var minimumWidth: Int?
    /// Whether the column may be left out where the table is still too wide.
    package var isOptional: Bool

    package init(_ title: String, _ alignment: Alignment = .left, minimumWidth: Int? = nil, isOptional: Bool = false) {
      self.title = title
      self.alignment = alignment
      self.minimumWidth = minimumWidth
      self.isOptional = isOptional
    }
  }

  package var columns: [Column]
  package private(set) var rows: [[TableCell]] = []
  /// Shown under a rule, in the same columns.
  package private(set) var totals: [TableCell]?

  package init(columns: [Column]) {
    self.columns = columns
  }

  package mutating func append(_ row: [TableCell]) {
    precondition(row.count == columns.count, "a row has one cell per column")
    rows.append(row)
  }

  package mutating func setTotals(_ row: [TableCell]) {
    precondition(row.count == columns.count, "a row has one cell per column")
    totals = row
  }

  /// Aligned columns two spaces apart, one line per row, each ended by a newline. Where `style.width` is too small, columns
  /// with a minimum width shrink (their entries lose their middle), then optional columns are left out from the right, and
  /// a last line says which.
  package func text(_ style: TextStyle = .plain) -> String {
    var shown = Array(columns.indices)
    var widths = fittedWidths(of: shown, in: style.width)
    while let limit = style.width, total(widths) > limit,
      let dropped = shown.lastIndex(where: { columns[$0].isOptional })
    {
      shown.remove(at: dropped)
      widths = fittedWidths(of: shown, in: style.width)
    }

    func line(_ cells: [String]) -> String {
      var line = ""
      for (position, cell) in cells.enumerated() {
        let cell = abbreviated(cell, to: widths[position])
        let space = String(repeating: " ", count: widths[position] - cell.count)
        if position > 0 { line += "  " }
        line += columns[shown[position]].alignment == .right ? space + cell : cell + space
      }
      while line.last == " " { line.removeLast() }
      return line
    }

    var lines = [style.bold(line(shown.map { columns[$0].title }))]
    lines += rows.map { row in line(shown.map { row[$0].displayed }) }
    if let totals {
      lines.append(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
      lines.append(style.bold(line(shown.map { totals[$0].displayed })))
    }
    if shown.count < columns.count {
      let hidden = columns.indices.filter { !shown.contains($0) }.map { columns[$0].title }
      lines.append("(not shown for lack of width: \(hidden.joined(separator: ", ")))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// By row: its cells as a person reads them.
  package var displayed: [[String]] { rows.map { $0.map(\.displayed) } }

  /// RFC 4180: a header line, then one line per row, ended by newlines; an entry with a comma, a quote or a line break is
  /// quoted. Totals are left out: they are not a row.
  package func csv() -> String {
    ([columns.map(\.title)] + rows.map { $0.map(\.raw) })
      .map { $0.map(csvQuoted).joined(separator: ",") + "\n" }
      .joined()
  }

  private func total(_ widths: [Int]) -> Int {
    widths.reduce(0, +) + 2 * max(0, widths.count - 1)
  }

  /// The natural widths, the widest shrinkable columns narrowed until all fit or nothing can shrink.
  private func fittedWidths(of shown: [Int], in limit: Int?) -> [Int] {
    var widths = shown.map { column in
      let cells = rows.map { $0[column].displayed.count } + [totals?[column].displayed.count ?? 0]
      return max(columns[column].title.count, cells.max() ?? 0)
    }
    guard let limit else { return widths }
    while total(widths) > limit {
      let shrinkable = widths.indices.filter { position in
        guard let minimum = columns[shown[position]].minimumWidth else { return false }
        return widths[position] > max(minimum, 1)
      }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return widths
  }
}

/// `text` in at most `width` characters: an ellipsis stands for its middle, since layer names differ at their ends.
package func abbreviated(_ text: String, to width: Int) -> String {
  guard text.count > width else { return text }
  guard width > 1 else { return String(text.prefix(width)) }
  let tail = (width - 1) / 2
  return text.prefix(width - 1 - tail) + "…" + text.suffix(tail)
}

private func csvQuoted(_ entry: String) -> String {
  guard entry.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return entry }
  return "\"" + entry.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}

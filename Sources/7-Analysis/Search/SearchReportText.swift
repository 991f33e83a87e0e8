import Presentation

extension Table {
  /// A line for each network, with what it is.
  static func of(_ rows: [(name: String, row: TrialRow)]) -> Table {
    let hasMetric = rows.contains { $0.row.metric != nil }
    let hasScore = rows.contains { $0.row.score != nil }
    var table = Table(columns: [
      .init("network", minimumWidth: 7), .init("ideal", .right), .init("cycles", .right),
      .init("cycle speedup", .right, isOptional: true), .init("energy uJ", .right, isOptional: true),
      .init("bits", .right, isOptional: true), .init(hasMetric ? "metric" : "agreement", .right),
      .init("drop", .right), .init("expected", .right), .init("95 %", .right, isOptional: true),
      .init("loss", .right, isOptional: true),
    ])
    if hasScore { table.columns.append(.init("score", .right)) }
    for (name, row) in rows {
      table.append(
        [
          .text(name), .text("\(fixed(row.speedup, decimals: 2))x"), .integer(row.cycles),
          .text("\(fixed(row.cycleSpeedup, decimals: 2))x"), .real(row.energy / 1e6, decimals: 3), .integer(row.bits),
          .text(percentage(row.metric ?? row.agreement)), .text(points(row.drop)), .text(points(row.expectedDrop)),
          .text(interval(row)),
          .text(significant(row.loss)),
        ] + (hasScore ? [row.score.map { .real($0, decimals: 4) } ?? .missing] : []))
    }
    return table
  }
}

extension SearchReport {
  /// Flat networks and those of the front.
  package var table: Table {
    .of(flat.map { ("flat \($0.plan.widest)", $0) } + front.map { ($0 == chosen ? "chosen" : "front", $0) })
  }

  package func csv() -> String { table.csv() }

  package func text(_ style: TextStyle) -> String {
    var text = table.text(style) + "\n"
    if let chosen {
      text += "chosen: \(fixed(chosen.speedup, decimals: 2))x ideal latency, "
      text +=
        "\(fixed(chosen.cycleSpeedup, decimals: 2))x cycles, drop \(points(chosen.drop)) points, expected \(points(chosen.expectedDrop)) "
      text += "(95 %: \(interval(chosen)))\n"
    }
    if let test {
      text += "on test inputs: \(percentage(test.metric ?? test.agreement)), drop \(points(test.drop)) points "
      text += "(95 %: \(interval(test)))\n"
    }
    return text + "\(grouped(evaluations)) networks judged in \(fixed(seconds, decimals: 1)) s\n"
  }
}

extension TrialRow.Widths {
  /// Of all weights.
  package var widest: Int { weights.values.compactMap { $0["bits"] }.max() ?? 0 }
}

private func percentage(_ part: Double) -> String { "\(fixed(part * 100, decimals: 2)) %" }
private func points(_ part: Double) -> String { fixed(part * 100, decimals: 2) }
private func interval(_ row: TrialRow) -> String { "\(points(row.dropInterval[0])) to \(points(row.dropInterval[1]))" }

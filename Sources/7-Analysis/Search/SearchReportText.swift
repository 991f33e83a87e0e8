import Presentation

extension SearchReport {
  private var table: Table {
    let hasMetric = front.first?.metric != nil
    var table = Table(columns: [
      .init("network", minimumWidth: 7), .init("ideal", .right), .init("cycles", .right),
      .init("cycle speedup", .right, isOptional: true), .init("energy uJ", .right, isOptional: true),
      .init("bits", .right, isOptional: true), .init(hasMetric ? "metric" : "agreement", .right),
      .init("drop", .right), .init("95 %", .right, isOptional: true), .init("loss", .right, isOptional: true),
    ])
    func append(_ name: String, _ row: TrialRow) {
      table.append([
        .text(name), .text("\(fixed(row.speedup, decimals: 2))x"), .integer(row.cycles),
        .text("\(fixed(row.cycleSpeedup, decimals: 2))x"), .real(row.energy / 1e6, decimals: 3), .integer(row.bits),
        .text(percentage(row.metric ?? row.agreement)), .text(points(row.drop)),
        .text("\(points(row.dropInterval[0])) to \(points(row.dropInterval[1]))"),
        .text(significant(row.loss)),
      ])
    }
    for row in flat { append("flat \(row.plan.widest)", row) }
    for row in front { append(row == chosen ? "chosen" : "front", row) }
    return table
  }

  package func csv() -> String { table.csv() }

  package func text(_ style: TextStyle) -> String {
    var text = table.text(style) + "\n"
    if let chosen {
      text += "chosen: \(fixed(chosen.speedup, decimals: 2))x ideal latency, "
      text += "\(fixed(chosen.cycleSpeedup, decimals: 2))x cycles, drop \(points(chosen.drop)) points "
      text += "(95 %: \(points(chosen.dropInterval[0])) to \(points(chosen.dropInterval[1])))\n"
    }
    if let test {
      text += "on test inputs: \(percentage(test.metric ?? test.agreement)), drop \(points(test.drop)) points "
      text += "(95 %: \(points(test.dropInterval[0])) to \(points(test.dropInterval[1])))\n"
    }
    return text + "\(grouped(evaluations)) networks judged in \(fixed(seconds, decimals: 1)) s\n"
  }
}

extension TrialRow.Widths {
  /// Of all weights.
  fileprivate var widest: Int { weights.values.compactMap { $0["bits"] }.max() ?? 0 }
}

private func percentage(_ part: Double) -> String { "\(fixed(part * 100, decimals: 2)) %" }
private func points(_ part: Double) -> String { fixed(part * 100, decimals: 2) }

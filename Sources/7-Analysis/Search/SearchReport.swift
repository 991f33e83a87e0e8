import Presentation

/// What `qcc search` found. Its JSON keys are a promise to other programs.
package struct SearchReport: Report, Sendable, Hashable {
  /// Networks that are best in cost and loss, the cheapest first.
  package var front: [TrialRow]
  /// Flat widths beside them, the widest first.
  package var flat: [TrialRow]
  /// The one that the limits choose; absent where no network keeps them.
  package var chosen: TrialRow?
  /// The chosen one on inputs that the search did not see.
  package var test: TrialRow?
  package var minimize: String
  /// Networks that were judged.
  package var evaluations: Int
  package var seconds: Double

  package init(
    front: [TrialRow], flat: [TrialRow], chosen: TrialRow?, minimize: String, evaluations: Int, seconds: Double
  ) {
    self.front = front
    self.flat = flat
    self.chosen = chosen
    self.minimize = minimize
    self.evaluations = evaluations
    self.seconds = seconds
  }

  /// Flat networks and those of the front.
  package var table: Table {
    .of(flat.map { ("flat \($0.plan.widest)", $0) } + front.map { ($0 == chosen ? "chosen" : "front", $0) })
  }

  package func csv() -> String { table.csv() }

  package func text(_ style: TextStyle) -> String {
    var text = table.text(style) + "\n"
    if let chosen {
      let (costs, verdict) = (chosen.costs, chosen.verdict)
      text += "chosen: \(fixed(costs.speedup, decimals: 2))x ideal latency, "
      text += "\(fixed(costs.cycleSpeedup, decimals: 2))x cycles, drop \(points(verdict.drop)) points, "
      text += "expected \(points(verdict.expectedDrop)) (95 %: \(interval(verdict)))\n"
    }
    if let verdict = test?.verdict {
      text += "on test inputs: \(percentage(verdict.quality)), drop \(points(verdict.drop)) points "
      text += "(95 %: \(interval(verdict)))\n"
    }
    return text + "\(grouped(evaluations)) networks judged in \(fixed(seconds, decimals: 1)) s\n"
  }
}

extension Table {
  /// A line for each network, with what it is.
  static func of(_ rows: [(name: String, row: TrialRow)]) -> Table {
    let hasMetric = rows.contains { $0.row.verdict.metric != nil }
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
      let (costs, verdict) = (row.costs, row.verdict)
      table.append(
        [
          .text(row.isTuned == true ? "\(name), tuned" : name), .text("\(fixed(costs.speedup, decimals: 2))x"),
          .integer(costs.cycles),
          .text("\(fixed(costs.cycleSpeedup, decimals: 2))x"), .real(costs.energy / 1e6, decimals: 3),
          .integer(costs.bits),
          .text(percentage(verdict.quality)), .text(points(verdict.drop)), .text(points(verdict.expectedDrop)),
          .text(interval(verdict)), .text(significant(verdict.loss)),
        ] + (hasScore ? [row.score.map { .real($0, decimals: 4) } ?? .missing] : []))
    }
    return table
  }
}

extension TrialRow.Widths {
  /// Of all weights.
  package var widest: Int { weights.values.compactMap { $0["bits"] }.max() ?? 0 }
}

private func points(_ part: Double) -> String { fixed(part * 100, decimals: 2) }
private func interval(_ verdict: TrialJudge.Verdict) -> String {
  "\(points(verdict.dropInterval[0])) to \(points(verdict.dropInterval[1]))"
}

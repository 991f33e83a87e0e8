import Exploration
import Presentation
import Search

/// What `qcc search` found, and how, on one page.
package struct SearchPage: Sendable {
  let report: SearchReport
  let details: SearchDetails
  let minimize: Costs.Kind
  /// The model's file, without its folder.
  private let file: String
  private let network: String
  private let target: String

  /// - Parameter file: the model's.
  package init(
    _ report: SearchReport, _ details: SearchDetails, minimize: Costs.Kind, file: String, network: String,
    target: String
  ) {
    self.report = report
    self.details = details
    self.minimize = minimize
    self.file = file.fileName
    self.network = network
    self.target = target
  }

  package func html() -> String {
    Frame(
      title: "\(file), searched", heading: file,
      summary: """
        Widths for the network \(network) on \(target): what its networks cost is counted, what they lose is judged by their \
        integer programs. The search made \(minimize.title) small.
        """,
      figures: figures,
      sections: [
        .init(id: "front", title: "Cost and loss") { writeFront(to: &$0) },
        .init(id: "history", title: "How the search went") { writeHistory(to: &$0) },
        details.front.isEmpty ? nil : .init(id: "widths", title: "Widths of the front") { writeWidths(to: &$0) },
        details.changes.isEmpty
          ? nil : .init(id: "changes", title: "Around the chosen network") { writeChanges(to: &$0) },
        details.predictions.isEmpty
          ? nil : .init(id: "prediction", title: "Predicted and exact loss") { writePredictions(to: &$0) },
        .init(id: "networks", title: "Networks") { writeNetworks(to: &$0) },
      ].compactMap { $0 }
    ).html
  }

  private var figures: [Frame.Figure] {
    func quality(_ row: TrialRow) -> String { percentage(row.verdict.quality) }
    func drop(_ row: TrialRow) -> String {
      let ends = row.verdict.dropInterval.map { fixed($0 * 100, decimals: 2) }
      return "drop \(fixed(row.verdict.drop * 100, decimals: 2)) points; 95 %: \(ends[0]) to \(ends[1])"
    }
    let chosen: [Frame.Figure] =
      report.chosen.map { row in
        [
          .init("chosen: \(qualityName)", quality(row), drop(row)),
          .init(
            "speedup, ideal latency", "\(fixed(row.costs.speedup, decimals: 2))x",
            "\(fixed(row.costs.cycleSpeedup, decimals: 2))x cycles: \(grouped(row.costs.cycles))"),
          .init("bits", grouped(row.costs.bits), "parameters, feature maps and inputs"),
          .init("energy", NetworkPage.energy(row.costs.energy), "of what tiles move and compute"),
        ] + (row.score.map { [.init("score", fixed($0, decimals: 4), "forgiving")] } ?? [])
      } ?? []
    let test = report.test.map { Frame.Figure("on test inputs", quality($0), drop($0)) }
    return chosen + (test.map { [$0] } ?? []) + [
      .init(
        "networks judged", grouped(report.evaluations), "\(grouped(report.front.count)) on the front")
    ]
  }

  var qualityName: String { (report.chosen ?? report.flat.first)?.verdict.metric != nil ? "metric" : "agreement" }

  private func writeNetworks(to markup: inout Markup) {
    markup.element(
      "p",
      """
      Cycles are simulated, on Sum-Together multipliers; speedups are those over standard ones. The expected drop has less of \
      the luck of the samples in it: limits are about it.
      """)
    let table = report.table
    TextTable(
      columns: table.columns.enumerated().map { $0 == 0 ? .name($1.title) : .number($1.title, isWide: $1.isOptional) },
      rows: table.displayed
    ).write(to: &markup)
  }
}

extension Costs.Kind {
  /// With its unit.
  var title: String {
    switch self {
    case .ideal: "ideal latency in tile times"
    case .cycles: "cycles"
    case .energy: "energy in pJ"
    case .bits: "bits"
    case .bytes: "bytes on the bus"
    }
  }

  /// As many digits as mean something.
  func text(_ value: Double) -> String { fixed(value, decimals: self == .ideal ? 2 : 0) }
}

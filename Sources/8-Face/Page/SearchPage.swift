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

  func writeFront(to markup: inout Markup) {
    markup.element(
      "p",
      """
      Above the \(qualityName), with the range in which the drop lies with 95 %; below the loss, the mean distance of results \
      from the float network's. A network is on the front if none costs less and loses less.
      """)
    writeLegend(
      [("conv", "front"), ("depthwise", "flat widths"), ("dense", "chosen"), ("soft", "others that were judged")],
      to: &markup)
    var rows: [(row: TrialRow, fill: String, label: String?)] = report.front.map { ($0, "conv", nil) }
    rows += report.flat.map { ($0, "depthwise", "flat \($0.plan.widest)") }
    if let chosen = report.chosen { rows.append((chosen, "dense", "chosen")) }
    let x = PlotAxis.linear(
      minimize.title, rows.map { $0.row.costs[minimize] } + details.trials.map { $0.costs[minimize] })
    let others = details.trials.filter { trial in !rows.contains { $0.row.verdict.loss == trial.verdict.loss } }
    func marks(
      _ y: (TrialRow) -> Double, _ other: (Trial) -> Double, _ interval: (TrialRow) -> ClosedRange<Double>?
    ) -> [PlotSVG.Mark] {
      others.map { .init(x: $0.costs[minimize], y: other($0), fill: "soft", radius: 2.5) }
        + rows.map { row, fill, label in
          .init(
            x: row.costs[minimize], y: y(row), fill: fill, label: label, interval: interval(row), title: title(of: row),
            radius: label == "chosen" ? 6 : 4)
        }
    }
    let qualities = rows.flatMap {
      [$0.row.verdict.quality, $0.row.verdict.qualityRange.lowerBound, $0.row.verdict.qualityRange.upperBound]
    }
    PlotSVG(
      title: "\(qualityName) over \(minimize.title)", x: x,
      y: .linear("\(qualityName), %", (qualities + others.map(\.verdict.quality)).map { $0 * 100 }),
      marks: marks(
        { $0.verdict.quality * 100 }, { $0.verdict.quality * 100 },
        { ($0.verdict.qualityRange.lowerBound * 100)...($0.verdict.qualityRange.upperBound * 100) })
    ).write(to: &markup)
    PlotSVG(
      title: "loss over \(minimize.title)", x: x,
      y: .logarithmic("loss", rows.map(\.row.verdict.loss) + others.map(\.verdict.loss)),
      marks: marks({ $0.verdict.loss }, { $0.verdict.loss }, { _ in nil }),
      line: report.front.map { ($0.costs[minimize], $0.verdict.loss) }
    ).write(to: &markup)
  }

  private func title(of row: TrialRow) -> String {
    "\(minimize.text(row.costs[minimize])) \(minimize.rawValue), \(fixed(row.costs.speedup, decimals: 2))x ideal, \(percentage(row.verdict.quality)), "
      + "loss \(significant(row.verdict.loss))"
  }

  func writeHistory(to markup: inout Markup) {
    markup.element(
      "p",
      """
      Network by network in the order in which they were judged. Quick ones share ranges that were found once; the best were \
      calibrated again as qcc quantize does it.
      """)
    writeLegend([("conv", "quick"), ("dense", "thorough")], to: &markup)
    let x = PlotAxis.linear("networks judged", [0, Double(details.trials.count)])
    func write(_ values: [Double], _ axis: PlotAxis, _ name: String) {
      PlotSVG(
        title: "\(name) over networks judged", x: x, y: axis,
        marks: zip(details.trials, values).enumerated().map { index, trial in
          .init(x: Double(index + 1), y: trial.1, fill: trial.0.isThorough ? "dense" : "conv", radius: 2.5)
        }, height: 210
      ).write(to: &markup)
    }
    if let scores = details.scores { write(scores, .linear("score", scores, steps: 4), "score") }
    let losses = details.trials.map(\.verdict.loss)
    write(losses, .logarithmic("loss", losses), "loss")
    let qualities = details.trials.map { $0.verdict.quality * 100 }
    write(qualities, .linear("\(qualityName), %", qualities, steps: 4), qualityName)
    let bits = details.trials.map { Double($0.costs.bits) }
    write(bits, .linear("bits", bits, steps: 4), "bits")
  }

  func writeWidths(to markup: inout Markup) {
    markup.element(
      "p",
      """
      Bits of weights and maps in the network's order, a line for each network of the front, the cheapest above. Maps that \
      meet have one width and one axis.
      """)
    writeLegend([("conv", "front"), ("dense", "chosen")], to: &markup)
    CoordinatesSVG(variables: details.variables, networks: details.front, chosen: details.chosen).write(to: &markup)
  }

  func writeChanges(to markup: inout Markup) {
    markup.element(
      "p",
      """
      What changing one width of the chosen network would add to its \(minimize.title) or take from it, and beside that what it \
      would do to its loss, as networks have it in which that width alone was changed; empty where those were not judged. A \
      layer takes the time of its wider operand: where weights and map are as wide, narrowing one of them saves nothing.
      """)
    let widths = Set(details.variables.flatMap(\.choices)).sorted()
    TextTable(
      columns: [.name("widths of"), .number("bits")]
        + widths.flatMap { [.number("to \($0) bits"), .number("loss", isWide: true)] },
      rows: details.variables.indices.map { variable in
        [details.variables[variable].name, details.chosen.map { "\($0[variable])" } ?? ""]
          + widths.flatMap { bits -> [String] in
            guard let change = details.changes[variable][bits] else { return ["", ""] }
            return [signed(change.cost, minimize.text), change.loss.map { signed($0, significant) } ?? ""]
          }
      }
    ).write(to: &markup)
  }

  private func signed(_ value: Double, _ text: (Double) -> String) -> String {
    value == 0 ? "0" : (value > 0 ? "+" : "") + text(value)
  }

  func writePredictions(to markup: inout Markup) {
    markup.element(
      "p",
      """
      Of every network of which each change was judged alone: what these losses add up to, and what its integer program loses. On \
      the line the sum is right; above it changes cost more together than alone.
      """)
    let values = details.predictions
    let all = values.flatMap { [$0.predicted, $0.exact] }.filter { $0 > 0 }
    let ends = [all.min() ?? 1, all.max() ?? 1]
    PlotSVG(
      title: "exact over predicted loss", x: .logarithmic("predicted loss", all), y: .logarithmic("exact loss", all),
      marks: values.map { .init(x: $0.predicted, y: $0.exact, fill: "conv", radius: 3) },
      line: ends.map { ($0, $0) }
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

extension TrialJudge.Verdict {
  /// Where the quality lies by what the drop does.
  fileprivate var qualityRange: ClosedRange<Double> {
    let whole = metric == nil ? 1 : floatMetric ?? 1
    return max(0, whole - dropInterval[1])...max(0, min(1, whole - dropInterval[0]))
  }
}

import Assessment
import Plans
import Presentation

/// What `qcc quantize` shows of a network that it quantized on one page.
package struct QuantizePage: Sendable {
  private let report: QuantizeReport
  private let profile: ProfileReport
  private let plan: QuantizationPlan
  /// The model's file, without its folder.
  private let file: String
  private let network: String
  private let target: String

  /// - Parameters:
  ///   - profile: of the float network on the inputs that it was calibrated on.
  ///   - plan: with everything decided.
  ///   - file: the model's.
  package init(
    _ report: QuantizeReport, profile: ProfileReport, plan: QuantizationPlan, file: String, network: String,
    target: String
  ) {
    self.report = report
    self.profile = profile
    self.plan = plan
    self.file = file.fileName
    self.network = network
    self.target = target
  }

  package func html() -> String {
    Frame(
      title: "\(file), quantized", heading: file,
      summary: """
        The network \(network), quantized on \(grouped(profile.samples)) calibration inputs. What is said of it comes from its \
        integer program, on \(grouped(report.samples)) inputs that calibration \
        \(report.isHeldOut ? "did not see" : "saw too").
        """,
      figures: figures,
      sections: [
        report.comparisonTable.map { table in
          .init(id: "comparison", title: "Widths compared") { writeComparison(table, to: &$0) }
        },
        .init(id: "sqnr", title: "SQNR per layer") { writeRatios(to: &$0) },
        .init(id: "maps", title: "Feature maps") { writeMaps(to: &$0) },
        .init(id: "weights", title: "Weights") { writeWeights(to: &$0) },
      ].compactMap { $0 }
    ).html
  }

  private var figures: [Frame.Figure] {
    func share(_ part: Double) -> String { "\(fixed(part * 100, decimals: 2)) %" }
    func range(_ interval: Interval) -> String { "95 %: \(share(interval.lower)) to \(share(interval.upper))" }
    let metric = report.metric
    return [
      metric.map { .init($0.name, share($0.quantized), "\(share($0.float)) in float; \(range($0.interval))") },
      .init("agreement", share(report.agreement), "with the float network; \(range(report.agreementInterval))"),
      report.outputSqnr.map { sqnr in
        let interval = report.outputSqnrInterval.map {
          "95 %: \(fixed($0.lower, decimals: 1)) to \(fixed($0.upper, decimals: 1))"
        }
        return .init("SQNR at the output", "\(fixed(sqnr, decimals: 1)) dB", interval ?? "")
      },
      .init("bits", grouped(report.bits), "parameters, feature maps and inputs"),
    ].compactMap { $0 }
  }

  // MARK: Sections

  private func writeComparison(_ table: Table, to markup: inout Markup) {
    markup.element(
      "p",
      """
      The same network with one width for weights and feature maps. Remaining is the part of the bits of a network of 32-bit \
      numbers; tiles, cycles and energy are those of \(target), with what tiles move and compute in the 45 nm process of Horowitz.
      """)
    let cells = table.displayed
    TextTable(
      columns: table.columns.enumerated().map { $0 == 0 ? .name($1.title) : .number($1.title, isWide: $1.isOptional) },
      rows: cells
    ).write(to: &markup)
  }

  private func writeRatios(to markup: inout Markup) {
    markup.element(
      "p",
      """
      In dB: of the map that a layer reads, with all that was lost on the way to it (above), and of its weights by themselves \
      (below). What is not there lost nothing.
      """)
    writeLegend([("conv", "map"), ("depthwise", "weights")], to: &markup)
    BarTable(
      caption: "dB",
      columns: [.init("map"), .init("bits", isWide: true), .init("weights"), .init("bits", isWide: true)],
      rows: report.layers.map { layer in
        .init(
          name: layer.name, bar: [("fill-conv", max(0, layer.mapSqnr ?? 0))],
          second: [("fill-depthwise", max(0, layer.weightSqnr ?? 0))],
          cells: [
            decibels(layer.mapSqnr), "\(layer.mapBits)", decibels(layer.weightSqnr), "\(layer.weightBits)",
          ])
      }
    ).write(to: &markup)
  }

  private func writeMaps(to markup: inout Markup) {
    let ratios = Dictionary(report.maps.map { ($0.name, $0.sqnr) }, uniquingKeysWith: { first, _ in first })
    writeHistograms("map", of: profile.maps, numbers: ("scale", "zero point"), to: &markup) { name in
      let map = plan.maps[name]
      return (
        map?.bits, ((map?.scale).map { significant(Double($0)) }, map.map { "\($0.zeroPoint)" }), ratios[name] ?? nil,
        map?.grid
      )
    }
  }

  private func writeWeights(to markup: inout Markup) {
    let layers = Dictionary(report.layers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    writeHistograms("layer", of: profile.layers.map(\.weights), numbers: ("scales", "zeros"), to: &markup) { name in
      let (weights, layer) = (plan.weights[name], layers[name])
      return (
        weights?.bits, (weights?.scales?.extent, layer.map { "\(fixed($0.weightZeros * 100, decimals: 0)) %" }),
        layer?.weightSqnr, weights?.grid
      )
    }
  }

  /// - Parameters:
  ///   - numbers: the titles of the numbers that `plan` gives beside bits and SQNR.
  ///   - plan: what became of a tensor.
  private func writeHistograms(
    _ title: String, of tensors: [TensorProfile], numbers: (String, String), to markup: inout Markup,
    plan: (String) -> (bits: Int?, numbers: (String?, String?), sqnr: Double?, grid: HistogramSVG.Grid?)
  ) {
    markup.element(
      "p",
      """
      Of the float network: bars are as high as the square root of how many numbers are there. Behind them lies what codes \
      reach, with their values where those are few; where channels have scales of their own, what the widest of them reaches.
      """)
    ChartTable(
      title: title, caption: "histogram and grid",
      columns: [
        .init("bits"), .init("least"), .init("largest"), .init(numbers.0, isWide: true), .init(numbers.1, isWide: true),
        .init("dB"),
      ],
      rows: tensors.map { tensor in
        let (bits, numbers, sqnr, grid) = plan(tensor.name)
        return .init(
          name: tensor.name,
          cells: [
            bits.map { "\($0)" } ?? "", significant(tensor.least), significant(tensor.largest), numbers.0 ?? "",
            numbers.1 ?? "", decibels(sqnr),
          ]
        ) { HistogramSVG(histogram: tensor.histogram, grid: grid).write(to: &$0) }
      }
    ).write(to: &markup)
  }

  private func decibels(_ ratio: Double?) -> String { ratio.map { fixed($0, decimals: 1) } ?? "" }
}

extension MapPlan {
  fileprivate var grid: HistogramSVG.Grid? {
    scale.map { scale in
      func value(_ code: Int64) -> Double { Double(scale) * Double(code - Int64(zeroPoint)) }
      return .init(lowest: value(codes.lowerBound), highest: value(codes.upperBound), step: Double(scale))
    }
  }
}

extension WeightPlan {
  /// Of the widest channel.
  fileprivate var grid: HistogramSVG.Grid? {
    scales?.max().map { scale in
      let reach = Double(scale) * Double(range.upperBound)
      let step = bits == 1 ? 2 * Double(scale) : Double(scale)
      return .init(lowest: -reach, highest: reach, step: scales?.count == 1 ? step : 0)
    }
  }
}

extension [Float] {
  /// The least and the largest.
  fileprivate var extent: String {
    guard let least = self.min(), let largest = self.max() else { return "" }
    let ends = [least, largest].map { significant(Double($0)) }
    return least == largest ? ends[0] : "\(ends[0]) to \(ends[1])"
  }
}

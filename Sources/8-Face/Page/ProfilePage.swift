import Assessment
import Presentation

/// What `qcc profile` shows of a float network on one page.
package struct ProfilePage: Sendable {
  private let report: ProfileReport
  /// The model's file, without its folder.
  private let file: String
  private let network: String

  /// - Parameter file: the model's.
  package init(_ report: ProfileReport, file: String, network: String) {
    self.report = report
    self.file = file.fileName
    self.network = network
  }

  package func html() -> String {
    Frame(
      title: "\(file): what its tensors hold", heading: file,
      summary: "What the tensors of the network \(network) hold, and what each width costs one of them by itself.",
      figures: figures,
      sections: [
        .init(id: "maps", title: "Feature maps") { write("map", report.maps, to: &$0) },
        .init(id: "weights", title: "Weights") { write("layer", report.layers.map(\.weights), to: &$0) },
        .init(id: "sqnr", title: "SQNR per width") { writeRatios(to: &$0) },
      ]
    ).html
  }

  private var figures: [Frame.Figure] {
    let narrowest = report.widths.min() ?? 0
    func worst(_ what: String, _ tensors: [TensorProfile]) -> Frame.Figure? {
      let ratios = tensors.compactMap { tensor in
        tensor.widths.first { $0.bits == narrowest }?.sqnr.map { (tensor.name, $0) }
      }
      return ratios.min { $0.1 < $1.1 }.map {
        .init("\(what) in \(narrowest) bits", "\(fixed($0.1, decimals: 1)) dB", "\($0.0) loses most")
      }
    }
    let weights = report.layers.map(\.weights)
    let dead = report.maps.reduce(0) { $0 + $1.deadChannels }
    return [
      .init("samples", grouped(report.samples), "of the network's inputs"),
      .init(
        "feature maps", grouped(report.maps.count),
        "\(grouped(report.maps.reduce(0) { $0 + $1.elements })) numbers per sample"),
      .init("weights", grouped(weights.reduce(0) { $0 + $1.elements }), "in \(grouped(weights.count)) layers"),
      worst("maps", report.maps), worst("weights", weights),
      .init("dead channels", grouped(dead), "0 in every sample"),
    ].compactMap { $0 }
  }

  private func write(_ title: String, _ tensors: [TensorProfile], to markup: inout Markup) {
    markup.element(
      "p", "Bars are as high as the square root of how many numbers are there. The ratio of signal to noise is in dB.")
    ChartTable(
      title: title, caption: "histogram",
      columns: [.init("least"), .init("largest"), .init("zeros", isWide: true)]
        + report.widths.map { .init("\($0) bits") },
      rows: tensors.map { tensor in
        .init(
          name: tensor.name,
          cells: [
            significant(tensor.least), significant(tensor.largest), "\(fixed(tensor.zeros * 100, decimals: 0)) %",
          ] + tensor.widths.map { $0.sqnr.map { fixed($0, decimals: 1) } ?? "" }
        ) { HistogramSVG(histogram: tensor.histogram).write(to: &$0) }
      }
    ).write(to: &markup)
  }

  /// A bar per tensor, of which each width adds a part.
  private func writeRatios(to markup: inout Markup) {
    let widths = report.widths.sorted()
    let fills = ["conv", "soft", "depthwise", "dense", "other"]
    func fill(_ index: Int) -> String { fills[index % fills.count] }
    markup.element(
      "p",
      """
      In dB, of the map that a layer reads (above) and of its weights (below): what the narrowest width leaves, and what each \
      wider one adds.
      """)
    writeLegend(widths.enumerated().map { (fill($0), "\($1) bits") }, to: &markup)
    let maps = Dictionary(report.maps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    func bar(_ tensor: TensorProfile?) -> [(fill: String, value: Double)] {
      var reached = 0.0
      return widths.enumerated().map { index, bits in
        let ratio = max(reached, tensor?.widths.first { $0.bits == bits }?.sqnr ?? 0)
        defer { reached = ratio }
        return ("fill-\(fill(index))", ratio - reached)
      }
    }
    BarTable(
      caption: "dB", columns: [.init("maps read", isWide: true, isNumber: false)],
      rows: report.layers.map { layer in
        .init(
          name: layer.name, bar: bar(layer.maps.first.flatMap { maps[$0] }), second: bar(layer.weights),
          cells: [layer.maps.joined(separator: ", ")])
      }
    ).write(to: &markup)
  }
}

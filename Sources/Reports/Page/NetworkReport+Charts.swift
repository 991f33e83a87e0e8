extension NetworkReport {
  func writeNetwork(to markup: inout Markup) {
    markup.element(
      "p",
      """
      What becomes one step on the accelerator is one box, functions and quantizers behind a layer included. Arrows carry \
      codes of the type and shape that stand beside them: s8 is a signed integer of 8 bits. Equal numbers in circles continue \
      one another.
      """)
    writeLegend(
      engines.map { (engineClass($0), "runs on \($0)") } + [("other", "outside the engines")], to: &markup)
    markup.element("div", ["class": "scroll"]) { markup in
      markup.element("div", ["class": "network"]) { NetworkSVG(drawing).write(to: &$0) }
    }
  }

  func writeBits(to markup: inout Markup) {
    markup.element(
      "p", "Parameters times their widths, elements of quantized feature maps times theirs, and input elements times 8."
    )
    writeLegend([("conv", "parameters"), ("depthwise", "feature maps")], to: &markup)
    let layers = summary.layers.filter { $0.bits.total > 0 }
    BarTable(
      caption: "bits",
      columns: [.init(title: "parameters"), .init(title: "feature map"), .init(title: "total", isWide: true)],
      rows: layers.map { layer in
        .init(
          name: layer.name,
          bar: [
            ("fill-conv", Double(layer.bits.parameters)), ("fill-depthwise", Double(layer.bits.featureMaps)),
          ],
          cells: [layer.bits.parameters, layer.bits.featureMaps, layer.bits.total].map { $0 > 0 ? grouped($0) : "" })
      },
      totals: [summary.bits.parameters, summary.bits.featureMaps, summary.bits.total].map(grouped)
    ).write(to: &markup)
  }

  func writeCycles(to markup: inout Markup) {
    markup.element(
      "p",
      """
      With double buffering, on standard multipliers (above) and on Sum-Together multipliers in each layer's mode \
      (below). Use is the part of the products that the multipliers could have made and the layer needed.
      """)
    writeLegend(
      [("soft", "standard")] + engines.map { (engineClass($0), "Sum-Together, \($0)") }, to: &markup)
    BarTable(
      caption: "cycles",
      columns: [
        .init(title: "mode", isNumber: false), .init(title: "tiles"), .init(title: "standard", isWide: true),
        .init(title: "Sum-Together"), .init(title: "speedup"), .init(title: "use", isWide: true),
      ],
      rows: tiles.layers.map { layer in
        .init(
          name: layer.name, bar: [("fill-soft", Double(layer.cyclesStandard))],
          second: [("fill-\(engineClass(layer.engine))", Double(layer.cyclesReconfigurable))],
          cells: [
            layer.mode, grouped(layer.tiles), grouped(layer.cyclesStandard), grouped(layer.cyclesReconfigurable),
            "\(fixed(Double(layer.cyclesStandard) / Double(max(layer.cyclesReconfigurable, 1)), decimals: 2))x",
            "\(fixed(layer.utilization * 100, decimals: 0)) %",
          ])
      },
      totals: [
        "", grouped(tiles.totals.tiles), grouped(tiles.totals.cyclesStandard),
        grouped(tiles.totals.cyclesReconfigurable), "\(fixed(tiles.totals.cycleSpeedup, decimals: 2))x", "",
      ]
    ).write(to: &markup)
  }

  /// Those that run a layer.
  private var engines: [String] {
    let used: Set<String> = Set(tiles.layers.map(\.engine))
    return ["2DConv", "DWConv", "FC"].filter { used.contains($0) }
  }

  func writeLegend(_ entries: [(fill: String, what: String)], to markup: inout Markup) {
    markup.element("ul", ["class": "legend"]) { markup in
      for (fill, what) in entries {
        markup.element("li") { markup in
          markup.element("svg", ["width": "11", "height": "11", "aria-hidden": "true"]) { markup in
            markup.empty("rect", ["class": "swatch \(fill)", "width": "11", "height": "11", "rx": "2"])
          }
          markup.write(what)
        }
      }
    }
    markup.newline()
  }
}

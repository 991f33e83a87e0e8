import Presentation

extension WidthsReport {
  /// One line per layer, one per network for hardware that runs all of its layers, one for hardware that runs all networks.
  package var table: Table {
    let numbers = DatapathNumber.allCases
    var table = Table(
      columns: [
        .init("network", minimumWidth: 8, isOptional: true), .init("layer", minimumWidth: 8),
        .init("engine", isOptional: true),
      ]
        + numbers.map { .init($0.rawValue, .right) } + [.init("one factor", .right, isOptional: true)])
    func row(
      _ network: String, _ layer: String, _ engine: String?, _ widths: [DatapathNumber: Width], _ multiplier: Int?
    ) {
      table.append(
        [.text(network), .text(layer), engine.map { .text($0) } ?? .missing]
          + numbers.map { widths[$0].map { .text($0.format.description) } ?? .missing }
          + [multiplier.map { .integer($0) } ?? .missing])
    }
    for network in networks {
      for layer in network.layers { row(network.file, layer.name, layer.engine, layer.widths, layer.multiplierBits) }
      row(network.file, "all layers", nil, network.widths, network.layers.compactMap(\.multiplierBits).max())
    }
    if let widths {
      row("all networks", "all layers", nil, widths, networks.flatMap(\.layers).compactMap(\.multiplierBits).max())
    }
    return table
  }

  package func text(_ style: TextStyle) -> String {
    var text = table.text(style) + "\n" + Self.legend
    for network in networks {
      for layer in network.layers {
        if let note = layer.note { text += "\(layer.name.printable): \(note)\n" }
        if layer.tiesToEven { text += "\(layer.name.printable): ties are rounded to even codes\n" }
      }
    }
    if showsCounterexamples { text += "\n" + counterexamples.text(style) }
    if let exploration { text += "\n" + exploration.text(style) }
    return text
  }

  private static let legend = """
    code = clamp(round((SF_IN_W x (ACC - W_CROSS) + BIASQ) x SF_OUT_INV) + Z)
    s22 is signed, 22 bits; u31:-14 is unsigned, 31 bits, -14 of them left of the binary point
    one factor: bits of the multiplier that stands for both factors in the emitted C
    proved    every code is exact for every input; one bit less of any number is wrong for one (--counterexamples)
    measured  by the thesis on its test sets: 28 bits of ACC and 28 to 32 of the factors lose nothing

    """

  /// One line for each bit that cannot be taken.
  private var counterexamples: Table {
    var table = Table(columns: [
      .init("network", minimumWidth: 8, isOptional: true), .init("layer", minimumWidth: 8), .init("number"),
      .init("proved"),
      .init("one less"), .init("in layer", minimumWidth: 8), .init("channel", .right), .init("at ACC", .right),
      .init("gives", .right), .init("not", .right), .init("input codes", minimumWidth: 8, isOptional: true),
    ])
    func rows(_ network: String, _ layer: String, _ widths: [DatapathNumber: Width]) {
      for number in DatapathNumber.allCases {
        guard let width = widths[number] else { continue }
        for refutation in width.refutations {
          let found = refutation.counterexample
          table.append([
            .text(network), .text(layer), .text(number.rawValue), .text(width.format.description),
            .text(refutation.format.description), .text(refutation.layer), .integer(found.channel),
            .integer(Int(found.accumulator)), .integer(Int(found.result)), .integer(Int(found.wanted)),
            found.window.map { .text(runs(of: $0.codes)) } ?? .missing,
          ])
        }
      }
    }
    for network in networks {
      for layer in network.layers { rows(network.file, layer.name, layer.widths) }
      rows(network.file, "all layers", network.widths)
    }
    if let widths { rows("all networks", "all layers", widths) }
    return table
  }

  package func csv() -> String {
    var table = Table(
      columns: ["network", "layer", "number", "signed", "total_bits", "integer_bits"].map { .init($0) })
    func rows(_ network: String, _ layer: String, _ widths: [DatapathNumber: Width]) {
      for number in DatapathNumber.allCases {
        guard let format = widths[number]?.format else { continue }
        table.append([
          .text(network), .text(layer), .text(number.rawValue), .integer(format.isSigned ? 1 : 0),
          .integer(format.totalBits), .integer(format.integerBits),
        ])
      }
    }
    for network in networks {
      for layer in network.layers { rows(network.file, layer.name, layer.widths) }
      rows(network.file, "", network.widths)
    }
    if let widths { rows("", "", widths) }
    return table.csv()
  }
}

extension WidthExploration {
  fileprivate func text(_ style: TextStyle) -> String {
    var table = Table(columns: [
      .init("number"), .init("proved", .right), .init("measured", .right), .init("taken"), .init(measure, .right),
      .init("one bit less", .right),
    ])
    for step in steps {
      table.append([
        .text(step.number.rawValue), .text(step.proved.description), .text(step.format.description),
        .text(step.end.rawValue), .text(percentage(step.quality)),
        step.qualityOneBitLess.map { .text($0 < 0 ? "overflows" : percentage($0)) } ?? .missing,
      ])
    }
    return "measured on \(samples) samples, a drop of \(percentage(allowedDrop)) allowed from \(percentage(quality)):\n"
      + table.text(style)
  }
}

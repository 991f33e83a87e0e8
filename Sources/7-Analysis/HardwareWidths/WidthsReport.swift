import Presentation

/// What `qcc widths` says. Its JSON keys are a promise to other programs; numbers of the datapath have the thesis' names.
package struct WidthsReport: Report, Sendable {
  /// A number's width, the smallest that there is, and why.
  package struct Width: Hashable, Sendable {
    package var format: FixedPointFormat
    /// One for each end at which a bit can be taken.
    package var refutations: [Refutation]
  }

  /// What goes wrong with one bit less.
  package struct Refutation: Hashable, Sendable {
    /// Where the bit is taken.
    package var end: FormatEnd
    package var format: FixedPointFormat
    package var network: String
    package var layer: String
    package var counterexample: Counterexample
  }

  package struct Layer: Hashable, Sendable {
    package var name: String
    /// `2DConv`, `DWConv` or `FC`.
    package var engine: String
    package var widths: [DatapathNumber: Width]
    /// Whether the datapath has to round ties to even codes, and not up.
    package var tiesToEven: Bool
    /// Of the multiplier of the program's own requantization, which has one factor in place of two.
    package var multiplierBits: Int?
    /// Why the datapath does not compute the layer's codes; absent where it does.
    package var note: String?
  }

  package struct Network: Hashable, Sendable {
    package var file: String
    package var layers: [Layer]
    /// Of hardware for all layers.
    package var widths: [DatapathNumber: Width]
  }

  package var networks: [Network]
  /// Of hardware for all networks; absent where there is one.
  package var widths: [DatapathNumber: Width]?
  /// What was measured below these widths; absent where it was not asked for.
  package var exploration: WidthExploration?
  /// Whether text says for every width what one bit less gets wrong, as JSON always does.
  package var showsCounterexamples = false
}

extension FixedPointFormat: Encodable {
  private enum CodingKeys: String, CodingKey { case totalBits, integerBits, signed }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(totalBits, forKey: .totalBits)
    try container.encode(integerBits, forKey: .integerBits)
    try container.encode(isSigned, forKey: .signed)
  }
}

extension WidthsReport: Encodable {
  private enum CodingKeys: String, CodingKey { case networks, widths, measured }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(networks, forKey: .networks)
    try container.encodeIfPresent(widths.map(NamedWidths.init), forKey: .widths)
    try container.encodeIfPresent(exploration, forKey: .measured)
  }
}

extension WidthsReport.Network: Encodable {
  private enum CodingKeys: String, CodingKey { case file, layers, widths }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(file, forKey: .file)
    try container.encode(layers, forKey: .layers)
    try container.encode(NamedWidths(widths: widths), forKey: .widths)
  }
}

extension WidthsReport.Layer: Encodable {
  private enum CodingKeys: String, CodingKey { case name, engine, widths, tiesToEven, multiplierBits, note }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(engine, forKey: .engine)
    try container.encode(NamedWidths(widths: widths), forKey: .widths)
    try container.encode(tiesToEven, forKey: .tiesToEven)
    try container.encodeIfPresent(multiplierBits, forKey: .multiplierBits)
    try container.encodeIfPresent(note, forKey: .note)
  }
}

/// Widths under the thesis' names.
private struct NamedWidths: Encodable {
  var widths: [DatapathNumber: WidthsReport.Width]

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    for number in DatapathNumber.allCases {
      try container.encodeIfPresent(widths[number], forKey: NamedKey(number.rawValue))
    }
  }
}

extension WidthsReport.Width: Encodable {
  private enum CodingKeys: String, CodingKey { case oneBitLess }

  package func encode(to encoder: any Encoder) throws {
    try format.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(refutations, forKey: .oneBitLess)
  }
}

extension WidthsReport.Refutation: Encodable {
  private enum CodingKeys: String, CodingKey {
    case end, format, network, layer, channel, accumulator, row, column, codes, result, wanted
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(end, forKey: .end)
    try container.encode(format, forKey: .format)
    try container.encode(network, forKey: .network)
    try container.encode(layer, forKey: .layer)
    try container.encode(counterexample.channel, forKey: .channel)
    try container.encode(counterexample.accumulator, forKey: .accumulator)
    try container.encodeIfPresent(counterexample.window?.row, forKey: .row)
    try container.encodeIfPresent(counterexample.window?.column, forKey: .column)
    try container.encodeIfPresent(counterexample.window.map { runs(of: $0.codes) }, forKey: .codes)
    try container.encode(counterexample.result, forKey: .result)
    try container.encode(counterexample.wanted, forKey: .wanted)
  }
}

/// `127x3 -128` is three times 127, then -128.
func runs(of codes: [Int64]) -> String {
  var runs: [(code: Int64, count: Int)] = []
  for code in codes {
    if runs.last?.code == code { runs[runs.count - 1].count += 1 } else { runs.append((code, 1)) }
  }
  return runs.map { $0.count == 1 ? "\($0.code)" : "\($0.code)x\($0.count)" }.joined(separator: " ")
}

extension WidthExploration: Encodable {
  private enum CodingKeys: String, CodingKey { case samples, measure, quality, allowedDrop, steps }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(samples, forKey: .samples)
    try container.encode(measure, forKey: .measure)
    try container.encode(quality, forKey: .quality)
    try container.encode(allowedDrop, forKey: .allowedDrop)
    try container.encode(steps, forKey: .steps)
  }
}

extension WidthExploration.Step: Encodable {
  private enum CodingKeys: String, CodingKey { case number, end, proved, measured, quality, qualityOneBitLess }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(number.rawValue, forKey: .number)
    try container.encode(end, forKey: .end)
    try container.encode(proved, forKey: .proved)
    try container.encode(format, forKey: .measured)
    try container.encode(quality, forKey: .quality)
    try container.encodeIfPresent(qualityOneBitLess, forKey: .qualityOneBitLess)
  }
}

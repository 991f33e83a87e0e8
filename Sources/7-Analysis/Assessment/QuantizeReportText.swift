import Presentation

extension QuantizeReport {
  /// A line per layer.
  package var table: Table {
    var table = Table(columns: [
      .init("layer", minimumWidth: 8), .init("weight bits", .right), .init("map bits", .right),
      .init("weight SQNR dB", .right, isOptional: true), .init("zeros", .right, isOptional: true),
      .init("map SQNR dB", .right),
    ])
    for layer in layers {
      table.append([
        .text(layer.name), .integer(layer.weightBits), .integer(layer.mapBits), .decibels(layer.weightSqnr),
        .text("\(fixed(layer.weightZeros * 100, decimals: 0)) %"), .decibels(layer.mapSqnr),
      ])
    }
    return table
  }

  /// Of the widths that were compared.
  package var comparisonTable: Table? {
    guard let comparison else { return nil }
    var table = Table(columns: [
      .init("bits", .right), .init(comparison.first?.metric?.name ?? "agreement", .right),
      .init("difference", .right, isOptional: true), .init("agreement", .right, isOptional: true),
      .init("output SQNR dB", .right), .init("total bits", .right), .init("remaining", .right, isOptional: true),
      .init("tiles", .right), .init("ideal speedup", .right, isOptional: true), .init("cycles", .right),
      .init("energy uJ", .right, isOptional: true),
    ])
    for row in comparison {
      table.append([
        .integer(row.bits), .text(percentage(row.metric?.quantized ?? row.agreement)),
        .text(row.metric.map { points($0.difference) } ?? ""), .text(percentage(row.agreement)),
        .decibels(row.outputSqnr), .integer(row.totalBits), .text(percentage(row.remaining)), .integer(row.tiles),
        .text("\(fixed(row.idealSpeedup, decimals: 2))x"), .integer(row.cycles),
        row.energy.map { .real($0 / 1e6, decimals: 3) } ?? .text(""),
      ])
    }
    return table
  }

  package func csv() -> String { (comparisonTable ?? table).csv() }

  package func text(_ style: TextStyle) -> String {
    var text = table.text(style) + "\n"
    if let comparisonTable { text += comparisonTable.text(style) + "\n" }
    if let metric {
      text += "\(metric.name): \(percentage(metric.float)) float, \(percentage(metric.quantized)) quantized "
      text += "(95 %: \(range(metric.interval, percentage))), difference \(points(metric.difference)) "
      text += "(\(range(metric.differenceInterval, points)))\n"
    }
    text +=
      "agreement with the float network: \(percentage(agreement)) (95 %: \(range(agreementInterval, percentage)))\n"
    if let outputSqnr {
      let interval = outputSqnrInterval.map { " (95 %: \(range($0, { fixed($0, decimals: 1) })))" } ?? ""
      text += "SQNR at the output: \(fixed(outputSqnr, decimals: 1)) dB\(interval)\n"
    }
    if let outputDivergence { text += "KL divergence at the output: \(fixed(outputDivergence, decimals: 4)) nats\n" }
    for map in maps where map.deadChannels > 0 {
      text += "map \(map.name): \(map.deadChannels) of \(map.channels) channels are 0 in every sample\n"
    }
    text += "bits: \(grouped(bits)) in all\n"
    text += "judged on \(grouped(samples)) samples, which calibration \(isHeldOut ? "did not see" : "saw too")\n"
    return text
  }
}

extension TableCell {
  fileprivate static func decibels(_ value: Double?) -> TableCell { value.map { .real($0, decimals: 1) } ?? .text("") }
}

private func points(_ part: Double) -> String { (part > 0 ? "+" : "") + fixed(part * 100, decimals: 2) }
private func range(_ interval: Interval, _ text: (Double) -> String) -> String {
  "\(text(interval.lower)) to \(text(interval.upper))"
}

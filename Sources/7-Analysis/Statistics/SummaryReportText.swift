import Presentation

extension SummaryReport {
  /// One line per layer and the totals.
  package var table: Table {
    var table = Table(columns: [
      .init("layer", minimumWidth: 8), .init("type", minimumWidth: 8),
      .init("inputs", minimumWidth: 6, isOptional: true),
      .init("shape"), .init("parameters", .right), .init("macs", .right),
      .init("quantizers", minimumWidth: 12, isOptional: true),
    ])
    for layer in layers {
      table.append([
        .text(layer.name), .text(layer.type), .text(layer.inputs.joined(separator: ", ")),
        .text(layer.shape.map(String.init).joined(separator: "x")), .integer(layer.parameters), .integer(layer.macs),
        .text(layer.quantizers),
      ])
    }
    table.setTotals([
      .text("total"), .text(""), .text(""), .text(""), .integer(parameters), .integer(macs), .text(""),
    ])
    return table
  }

  package func text(_ style: TextStyle) -> String {
    table.text(style)
      + "\nbits: \(grouped(bits.parameters)) parameters + \(grouped(bits.featureMaps)) feature maps"
      + " = \(grouped(bits.total)) total\n"
  }

  package func csv() -> String { table.csv() }
}

extension SummaryReport.Layer {
  fileprivate var quantizers: String {
    let named = [("kernel", kernelQuantizer), ("bias", biasQuantizer), ("output", outputQuantizer)]
    return named.compactMap { role, quantizer in quantizer.map { "\(role) \($0)" } }.joined(separator: ", ")
  }
}

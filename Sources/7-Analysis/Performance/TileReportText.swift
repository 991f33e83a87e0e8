import Presentation

extension TileReport {
  /// One line per layer and the totals.
  package var table: Table {
    var table = Table(columns: [
      .init("layer", minimumWidth: 8), .init("engine", isOptional: true), .init("mode", isOptional: true),
      .init("tiles", .right),
      .init("macs", .right, isOptional: true), .init("ideal std", .right, isOptional: true), .init("ideal ST", .right),
      .init("cycles std", .right, isOptional: true), .init("cycles ST", .right), .init("use", .right, isOptional: true),
    ])
    for layer in layers {
      table.append([
        .text(layer.name), .text(layer.engine), .text(layer.mode), .integer(layer.tiles), .integer(layer.macs),
        .real(layer.idealStandard, decimals: 2), .real(layer.idealReconfigurable, decimals: 2),
        .integer(layer.cyclesStandard), .integer(layer.cyclesReconfigurable),
        .text("\(fixed(layer.utilization * 100, decimals: 0)) %"),
      ])
    }
    table.setTotals([
      .text("total"), .text(""), .text(""), .integer(totals.tiles), .integer(layers.reduce(0) { $0 + $1.macs }),
      .real(totals.idealStandard, decimals: 2), .real(totals.idealReconfigurable, decimals: 2),
      .integer(totals.cyclesStandard), .integer(totals.cyclesReconfigurable), .text(""),
    ])
    return table
  }

  package func text(_ style: TextStyle) -> String {
    table.text(style) + "\n" + unitTable.text(style)
      + "\nspeedup of Sum-Together over standard multipliers: \(fixed(totals.speedup, decimals: 2))x ideal latency, "
      + "\(fixed(totals.cycleSpeedup, decimals: 2))x cycles\n"
  }

  /// One line per layer, columns named as the JSON keys.
  package func csv() -> String {
    var table = Table(
      columns: [
        "name", "engine", "mode", "tiles", "macs", "idealStandard", "idealReconfigurable", "cyclesStandard",
        "cyclesReconfigurable", "utilization",
      ].map { Table.Column($0) })
    for layer in layers {
      table.append([
        .text(layer.name), .text(layer.engine), .text(layer.mode), .integer(layer.tiles), .integer(layer.macs),
        .real(layer.idealStandard, decimals: 2), .real(layer.idealReconfigurable, decimals: 2),
        .integer(layer.cyclesStandard), .integer(layer.cyclesReconfigurable), .real(layer.utilization, decimals: 4),
      ])
    }
    return table.csv()
  }
}

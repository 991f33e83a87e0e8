import Diagnostics
import Presentation

extension EnergyReport {
  /// One line per layer, QTools' estimate left and the accelerator right, and the sums.
  package var table: Table {
    var table = Table(columns: [
      .init("layer", minimumWidth: 8), .init("type", minimumWidth: 8, isOptional: true),
      .init("inputs", .right, isOptional: true), .init("outputs", .right, isOptional: true),
      .init("parameters", .right, isOptional: true), .init("operations", .right, isOptional: true),
      .init("counted", .right), .init("ST mode", isOptional: true), .init("bytes moved", .right, isOptional: true),
      .init("ST-MAC", .right),
    ])
    for layer in layers {
      let values = [layer.energy.inputs, layer.energy.outputs, layer.energy.parameters, layer.energy.operations]
      table.append(
        [.text(layer.name), .text(layer.type)]
          + (values + [layer.counted]).map { .real($0, decimals: 2) } + [
            layer.hardware.map { .text($0.mode) } ?? .missing,
            layer.hardware.map { .integer($0.bytes.total) } ?? .missing,
            layer.hardware.map { .real($0.energy.total, decimals: 2) } ?? .missing,
          ])
    }
    func sum(_ value: (LayerEnergy) -> Double) -> TableCell {
      .real(layers.reduce(0) { $0 + value($1.energy) }, decimals: 2)
    }
    let bytes = layers.compactMap(\.hardware?.bytes.total)
    table.setTotals([
      .text("total"), .text(""), sum(\.inputs), sum(\.outputs), sum(\.parameters), sum(\.operations),
      .real(layers.reduce(0) { $0 + $1.counted }, decimals: 2), .text(""),
      bytes.isEmpty ? .missing : .integer(bytes.reduce(0, +)),
      hardwareTotal.map { .real($0, decimals: 2) } ?? .missing,
    ])
    return table
  }

  package func text(_ style: TextStyle) -> String {
    var text =
      table.text(style)
      + "\nQTools: \(grouped(sum)) pJ per inference (\(grouped(totalCost)) pJ with what it does not count)\n"
    if let hardwareTotal {
      text += "ST-MAC: \(fixed(hardwareTotal, decimals: 0)) pJ for what the tiles move and compute\n"
    }
    if let note { text += "no columns of the accelerator: \(note.printable)\n" }
    return text
  }

  package func csv() -> String { table.csv() }
}

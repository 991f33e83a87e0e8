import Diagnostics
import Presentation

extension DataTypeReport {
  /// One line per layer.
  package var table: Table {
    var table = Table(columns: [
      .init("layer", minimumWidth: 8), .init("type", minimumWidth: 8, isOptional: true),
      .init("inputs", minimumWidth: 6, isOptional: true), .init("weights"), .init("bias", isOptional: true),
      .init("multiplier", minimumWidth: 8), .init("ST mode", isOptional: true), .init("accumulator", .right),
      .init("needed", .right), .init("saved", .right, isOptional: true), .init("output", isOptional: true),
      .init("operations", .right, isOptional: true),
    ])
    for layer in layers {
      table.append([
        .text(layer.name), .text(layer.type), .text(layer.inputs.map(\.description).joined(separator: ", ")),
        cell(layer["weight_quantizer"] ?? layer["gamma_quantizer"]),
        cell(layer["bias_quantizer"] ?? layer["beta_quantizer"]),
        cell(layer["multiplier"] ?? layer["internal_multiplier"] ?? layer["\(layer.type)_quantizer"]),
        layer.hardware?.mode.map { .text($0) } ?? .missing,
        cell(layer["accumulator"] ?? layer["internal_accumulator"]),
        layer.hardware.map { .integer($0.accumulatorBits) } ?? .missing,
        layer.hardware.map { .integer($0.accumulatorBitsSaved) } ?? .missing,
        .text(layer.output.description), layer.operations.map { .integer($0) } ?? .missing,
      ])
    }
    return table
  }

  private func cell(_ type: DataTypeEntry?) -> TableCell {
    guard let type else { return .missing }
    return .text((type.operation.map { $0 == "add" ? "" : "\($0) " } ?? "") + type.description)
  }

  package func text(_ style: TextStyle) -> String {
    var text =
      table.text(style)
      + "\ns16:7 is signed, 16 bits, 7 of them left of the binary point; needed: bits of the accumulator for the actual"
      + " weights\n"
    if let note { text += "no columns of the accelerator: \(note.printable)\n" }
    return text
  }

  package func csv() -> String { table.csv() }
}

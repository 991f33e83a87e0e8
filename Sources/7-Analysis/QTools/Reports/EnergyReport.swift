import Diagnostics
import Presentation

/// What `qcc energy` says of a network, in pJ for one inference: QTools' estimate, with the keys and the nesting of QKeras'
/// `pe` and `extract_energy_profile`, and beside it the same process' energy of what the accelerator does.
package struct EnergyReport: Report, Hashable, Sendable {
  package struct Layer: Hashable, Sendable {
    package var name: String
    package var type: String
    package var energy: LayerEnergy
    /// What of it counts in the sum.
    package var counted: Double
    /// Absent where the layer does not run on the accelerator's engines.
    package var hardware: Hardware?

    package init(name: String, type: String, energy: LayerEnergy, counted: Double, hardware: Hardware? = nil) {
      self.name = name
      self.type = type
      self.energy = energy
      self.counted = counted
      self.hardware = hardware
    }
  }

  /// What the tile plan moves and computes.
  package struct Hardware: Encodable, Hashable, Sendable {
    package struct Bytes: Encodable, Hashable, Sendable {
      package var inputs: Int
      package var outputs: Int
      package var parameters: Int

      package var total: Int { inputs + outputs + parameters }
    }

    /// The multipliers' mode, as `8x4`.
    package var mode: String
    package var bytes: Bytes
    package var energy: LayerEnergy
  }

  package var layers: [Layer]
  /// Of everything.
  package var totalCost: Int
  /// Of what counts.
  package var sum: Int
  /// Why nothing is known of the accelerator; absent where it is.
  package var note: String?

  package init(layers: [Layer], totalCost: Int, sum: Int, note: String? = nil) {
    self.layers = layers
    self.totalCost = totalCost
    self.sum = sum
    self.note = note
  }

  /// The accelerator's energy over all its layers.
  package var hardwareTotal: Double? {
    let energies = layers.compactMap(\.hardware?.energy.total)
    return energies.isEmpty ? nil : energies.reduce(0, +)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    var energy = container.nestedContainer(keyedBy: NamedKey.self, forKey: NamedKey("energy"))
    var profile = container.nestedContainer(keyedBy: NamedKey.self, forKey: NamedKey("energy_profile"))
    var hardware = container.nestedContainer(keyedBy: NamedKey.self, forKey: NamedKey("hardware"))
    for layer in layers {
      var entry = energy.nestedContainer(keyedBy: NamedKey.self, forKey: NamedKey(layer.name))
      try entry.encode(layer.type, forKey: NamedKey("class_name"))
      try entry.encode(layer.energy, forKey: NamedKey("energy"))
      var counted = profile.nestedContainer(keyedBy: NamedKey.self, forKey: NamedKey(layer.name))
      try counted.encode(layer.energy, forKey: NamedKey("energy"))
      try counted.encode(layer.counted, forKey: NamedKey("total"))
      try hardware.encodeIfPresent(layer.hardware, forKey: NamedKey(layer.name))
    }
    try energy.encode(totalCost, forKey: NamedKey("total_cost"))
    try container.encode(sum, forKey: NamedKey("energy_sum_pj"))
    try container.encodeIfPresent(hardwareTotal, forKey: NamedKey("hardware_sum_pj"))
    try container.encodeIfPresent(note, forKey: NamedKey("hardware_note"))
  }

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

import Compiler
import IntegerProgram
import Numbers
import Presentation
import QIR
import Quantization
import Schedule
import Targets
import Tiling

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

  /// Of a network that is lowered, in the 45 nm process of Horowitz, everything in SRAM.
  /// - Parameter types: what QTools' estimates depend on beside the network.
  package init(_ compilation: Compilation, types: DataTypeOptions = DataTypeOptions()) throws {
    try self.init(
      DataTypeMap(compilation.model, options: types), model: .horowitz(), hardware: HardwareUse(compilation))
  }

  /// QTools' estimate of a network's energy, and beside it that of the tiles' traffic and multiplications on the accelerator.
  /// - Parameter hardware: nil where it is not asked for.
  package init(_ map: DataTypeMap, model: EnergyModel, hardware: HardwareUse? = nil) {
    var total = 0.0
    let layers = map.layers.map { layer in
      let energy = LayerEnergy(of: layer, in: model, isQToolsCompatible: map.options.isQToolsCompatible)
      total += energy.total
      let rounded = energy.rounded
      return Layer(
        name: layer.name, type: layer.className, energy: rounded,
        counted: Self.counted(rounded, className: layer.className),
        hardware: hardware.flatMap { Hardware(of: layer, $0, model: model) })
    }
    self.init(
      layers: layers, totalCost: total.truncated, sum: layers.reduce(0) { $0 + $1.counted }.truncated,
      note: hardware?.note)
  }

  /// `include_energy` in config_public.py.
  private static func counted(_ energy: LayerEnergy, className: String) -> Double {
    switch className {
    case "QActivation", "QAdaptiveActivation", "Activation": energy.outputs
    case "QBatchNormalization", "BatchNormalization": energy.parameters
    case "Add", "Subtract", "MaxPooling2D": energy.operations
    default: energy.inputs + energy.parameters + energy.operations
    }
  }
}

extension Double {
  /// Towards zero; the largest integer where there is none.
  fileprivate var truncated: Int { Int(exactly: rounded(.towardZero)) ?? .max }
}

extension EnergyReport.Hardware {
  /// What the tiles of a layer move and compute, as the process charges it; nil where it does not run on the engines.
  fileprivate init?(of layer: TypedLayer, _ hardware: HardwareUse, model: EnergyModel) {
    guard let layers = hardware.linear[layer.node.layer.output] else { return nil }
    var bytes = Bytes(inputs: 0, outputs: 0, parameters: 0)
    var energy = LayerEnergy()
    for (index, scheduled) in layers.enumerated() {
      let traffic = TilingProblem(shape: scheduled.shape, accelerator: hardware.target).traffic(of: scheduled.nest)
      bytes.inputs += traffic.input
      bytes.outputs += traffic.output
      bytes.parameters += traffic.weights
      // Between the two halves of a separable convolution lies no network boundary.
      energy += model.energy(
        of: scheduled, moving: traffic, readsNetworkInput: layer.node.isFirst && index == 0,
        makesNetworkOutput: layer.node.isLast && index == layers.count - 1)
    }
    self.init(mode: layers.map(\.mode.name).joined(separator: ", "), bytes: bytes, energy: energy.rounded)
  }
}

extension EnergyModel {
  /// The 45 nm process of Horowitz, everything in SRAM.
  package static func horowitz() throws -> EnergyModel {
    EnergyModel(process: try ProcessFile.load("horowitz"), options: .init())
  }

  /// Of a layer on the engines.
  /// - Parameter traffic: what its tiles move.
  package func energy(
    of layer: ScheduledLayer, moving traffic: Traffic, readsNetworkInput: Bool = false, makesNetworkOutput: Bool = false
  ) -> LayerEnergy {
    let shape = layer.shape
    return LayerEnergy(
      inputs: access(
        traffic.input, elements: shape.input.elements * shape.inputLimbs, bits: shape.modeActivationBits,
        in: featureMapMemory(isNetworkBoundary: readsNetworkInput)),
      outputs: access(
        traffic.output, elements: shape.output.elements, bits: shape.outputBits,
        in: featureMapMemory(isNetworkBoundary: makesNetworkOutput)),
      parameters: access(
        traffic.weights, elements: layer.instruction.weights.count * shape.weightLimbs, bits: shape.modeWeightBits,
        in: options.weightsOn),
      operations: operations(layer))
  }

  /// What crosses the bus out of or into a memory that holds the whole tensor.
  private func access(_ bytes: Int, elements: Int, bits: Int, in memory: Memory) -> Double {
    access(
      Double(bytes) * 8, of: Double(elements) * Double(LinearLayerShape.storedBits(bits)), in: memory)
  }

  /// Every product in a multiplier of the mode's operand widths, added to an accumulator of the width that is proved.
  private func operations(_ layer: ScheduledLayer) -> Double {
    let shape = layer.shape
    let products = Double(shape.macs) * Double(shape.inputLimbs * shape.weightLimbs)
    let width = Double(layer.mode.wideBits * layer.mode.narrowBits).squareRoot()
    let accumulator = IntegerType.narrowestSigned(holding: layer.instruction.accumulatorRange).bits
    let code = DataType.fixedPoint(bits: accumulator, integerBits: accumulator)
    return products
      * (operation(.mul, on: code, bits: width) + operation(.add, on: code, bits: Double(accumulator)))
  }
}

import Presentation
import QIR
import Quantization

/// What `qcc qtools` says of a network. The map has the keys and the nesting of QKeras' QTools.
package struct DataTypeReport: Report, Hashable, Sendable {
  package struct Layer: Hashable, Sendable {
    /// A number that the layer works with and what QTools calls it: `weight_quantizer`, `accumulator`, …
    package struct Part: Hashable, Sendable {
      package var key: String
      package var type: DataTypeEntry

      package init(_ key: String, _ type: DataTypeEntry) {
        self.key = key
        self.type = type
      }
    }

    package var name: String
    package var type: String
    package var inputs: [DataTypeEntry]
    package var parts: [Part]
    package var output: DataTypeEntry
    /// Absent for batch normalizations.
    package var operations: Int?
    /// What the accelerator needs for it; absent where it does not run there.
    package var hardware: Hardware?

    package init(
      name: String, type: String, inputs: [DataTypeEntry], parts: [Part], output: DataTypeEntry, operations: Int?,
      hardware: Hardware? = nil
    ) {
      self.name = name
      self.type = type
      self.inputs = inputs
      self.parts = parts
      self.output = output
      self.operations = operations
      self.hardware = hardware
    }

    package subscript(key: String) -> DataTypeEntry? { parts.first { $0.key == key }?.type }
  }

  /// What the actual weights ask of the accelerator.
  package struct Hardware: Codable, Hashable, Sendable {
    /// Proved to hold every sum, partial ones too, of the codes that weights and inputs can have.
    package var accumulatorBits: Int
    /// Against the width in the map.
    package var accumulatorBitsSaved: Int
    /// The multipliers' mode, as `8x4`; absent where nothing is multiplied.
    package var mode: String?

    private enum CodingKeys: String, CodingKey {
      case accumulatorBits = "accumulator_bits"
      case accumulatorBitsSaved = "accumulator_bits_saved"
      case mode
    }
  }

  /// One per network input.
  package var sources: [DataTypeEntry]
  package var layers: [Layer]
  /// Why nothing is known of the accelerator; absent where it is.
  package var note: String?

  package init(sources: [DataTypeEntry], layers: [Layer], note: String? = nil) {
    self.sources = sources
    self.layers = layers
    self.note = note
  }

  /// The map alone, as QKeras' `qtools_stats_to_json` writes it.
  package var map: Map { Map(report: self) }

  package struct Map: Encodable {
    let report: DataTypeReport

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: NamedKey.self)
      if !report.sources.isEmpty { try container.encode(report.sources, forKey: NamedKey("source_quantizers")) }
      for layer in report.layers {
        var entry = container.nestedContainer(keyedBy: NamedKey.self, forKey: NamedKey(layer.name))
        try entry.encode(layer.type, forKey: NamedKey("layer_type"))
        try entry.encode(layer.inputs, forKey: NamedKey("input_quantizer_list"))
        for part in layer.parts { try entry.encode(part.type, forKey: NamedKey(part.key)) }
        try entry.encode(layer.output, forKey: NamedKey("output_quantizer"))
        try entry.encodeIfPresent(layer.operations, forKey: NamedKey("operation_count"))
      }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    try container.encode(map, forKey: NamedKey("data_type_map"))
    var hardware = container.nestedContainer(keyedBy: NamedKey.self, forKey: NamedKey("hardware"))
    for layer in layers { try hardware.encodeIfPresent(layer.hardware, forKey: NamedKey(layer.name)) }
    try container.encodeIfPresent(note, forKey: NamedKey("hardware_note"))
  }

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

  /// QTools' map of a network with what the accelerator needs beside it.
  /// - Parameter hardware: nil where it is not asked for.
  package init(_ map: DataTypeMap, hardware: HardwareUse? = nil) {
    self.init(
      sources: map.sources.map { DataTypeEntry($0) }, layers: map.layers.map { Layer($0, hardware: hardware) },
      note: hardware?.note)
  }
}

/// A type of numbers as QKeras' QTools writes it in its map.
package struct DataTypeEntry: Codable, Hashable, Sendable {
  /// Extents; of a bias one number. The batch is -1.
  package enum Shape: Hashable, Sendable, Codable {
    case size(Int)
    case extents([Int])
    /// What a batch normalization on a network input has there: a list of a shape whose batch is null.
    case listed([Int])

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let size = try? container.decode(Int.self) {
        self = .size(size)
      } else if let extents = try? container.decode([Int].self) {
        self = .extents(extents)
      } else {
        self = .listed(try container.decode([[Int?]].self).flatMap { $0.compactMap { $0 } })
      }
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .size(let size): try container.encode(size)
      case .extents(let extents): try container.encode(extents)
      case .listed(let extents): try container.encode([[nil] + extents.map { Int?.some($0) }])
      }
    }
  }

  /// `quantized_bits`, `floating_point`, …
  package var type: String
  package var bits: Int
  /// With the sign; absent for powers of two and floating point.
  package var integerBits: Int?
  package var isSigned: Bool?
  /// Of a power of two; -1 where there is none.
  package var largest: Double?
  /// Where there are two or three.
  package var values: [Int]?
  package var shape: Shape?
  /// The hardware that makes such numbers: `mul`, `shifter`, `mux`, `and`, `xor`, `add`.
  package var operation: String?

  private enum CodingKeys: String, CodingKey {
    case type = "quantizer_type"
    case bits
    case integerBits = "int_bits"
    case isSigned = "is_signed"
    case largest = "max_value"
    case values, shape
    case operation = "op_type"
  }
}

extension DataTypeEntry: CustomStringConvertible {
  /// `s16:7`: signed, 16 bits, 7 of them left of the binary point, the sign among them.
  package var description: String {
    switch (values, integerBits) {
    case ([0, 1]?, _): "0 1"
    case ([-1, 1]?, _): "-1 1"
    case (_?, _): "-1 0 1"
    case (nil, let integerBits?): "\(isSigned == true ? "s" : "u")\(bits):\(integerBits)"
    case (nil, nil): isSigned.map { "\($0 ? "±" : "")2^n \(bits)" } ?? "float\(bits)"
    }
  }
}

extension DataTypeReport.Layer {
  fileprivate init(_ layer: TypedLayer, hardware: HardwareUse?) {
    self.init(
      name: layer.name, type: layer.className, inputs: layer.inputs.map { DataTypeEntry($0) },
      parts: Self.parts(of: layer),
      output: DataTypeEntry(layer.output, shape: .init(layer.outputShape)),
      operations: layer.normalization == nil ? layer.operationCount : nil,
      hardware: hardware.flatMap { Self.hardware($0, of: layer) })
  }

  private static func parts(of layer: TypedLayer) -> [Part] {
    let normalization = layer.normalization
    let types: [(String, DataTypeEntry?)] = [
      ("weight_quantizer", layer.weights.map { DataTypeEntry($0.type, shape: .extents($0.shape)) }),
      ("bias_quantizer", layer.bias.map { DataTypeEntry($0.type, shape: .size($0.shape.first ?? 1)) }),
      ("gamma_quantizer", normalization.map { DataTypeEntry($0.gamma) }),
      ("beta_quantizer", normalization.map { DataTypeEntry($0.beta) }),
      ("mean_quantizer", normalization.map { DataTypeEntry($0.mean) }),
      ("variance_quantizer", normalization.map { DataTypeEntry($0.variance) }),
      ("internal_divide_quantizer", normalization.map { DataTypeEntry($0.divider) }),
      ("internal_multiplier", normalization?.multiplier.map { DataTypeEntry($0) }),
      ("internal_accumulator", normalization?.accumulator.map { DataTypeEntry($0) }),
      ("\(layer.className)_quantizer", layer.merge.map { DataTypeEntry($0) }),
      ("multiplier", layer.multiplier.map { DataTypeEntry($0) }),
      ("accumulator", layer.accumulator.map { DataTypeEntry($0) }),
    ]
    return types.compactMap { key, type in type.map { .init(key, $0) } }
  }

  private static func hardware(_ hardware: HardwareUse, of layer: TypedLayer) -> DataTypeReport.Hardware? {
    guard let accumulator = layer.accumulator,
      let bits = hardware.accumulatorBits(of: layer.node.layer.output)
    else {
      return nil
    }
    let modes = hardware.linear[layer.node.layer.output]?.map(\.mode.name) ?? []
    return .init(
      accumulatorBits: bits, accumulatorBitsSaved: accumulator.output.bits - bits,
      mode: modes.isEmpty ? nil : modes.joined(separator: ", "))
  }
}

extension DataTypeEntry {
  init(_ type: DataType, shape: Shape? = nil, operation: String? = nil) {
    self.init(type: type.name, bits: type.bits, shape: shape, operation: operation)
    switch type.mode {
    case .floatingPoint: return
    case .powerOfTwo: largest = type.largest
    // Whatever it is made of, QTools gives it two bits.
    case .ternary: (bits, integerBits, values) = (2, 2, [0, -1, 1])
    case .binary: (integerBits, values) = (type.integerBits, [-1, 1])
    case .zeroOne: (integerBits, values) = (type.integerBits, [0, 1])
    case .fixedPoint: integerBits = type.integerBits + (type.isSigned ? 1 : 0)
    }
    isSigned = type.mode == .ternary || type.isSigned
  }

  init(_ operation: Operation) {
    self.init(operation.output, operation: operation.implementation.rawValue)
  }
}

extension DataTypeEntry.Shape {
  init(_ shape: EdgeShape) {
    switch shape {
    case .extents(let extents): self = .extents([-1] + extents)
    case .listed(let extents): self = .listed(extents)
    }
  }
}

import QIR
import Quantization

extension DataTypeReport {
  /// QTools' map of a network with what the accelerator needs beside it.
  /// - Parameter hardware: nil where it is not asked for.
  package init(_ map: DataTypeMap, hardware: HardwareUse? = nil) {
    self.init(
      sources: map.sources.map { DataTypeEntry($0) }, layers: map.layers.map { Layer($0, hardware: hardware) },
      note: hardware?.note)
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

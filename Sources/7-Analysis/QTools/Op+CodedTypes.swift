import QIR
import Quantization

extension Operator {
  /// The types that the codes of parameters and results have, by the keys that Keras has for their quantizers.
  var codedTypes: [String: DataType] {
    if let op = self as? QuantizeOp {
      return op.quantizers.first.map { ["activation": DataType($0.format, bits: op.bits)] } ?? [:]
    }
    return Dictionary(
      uniqueKeysWithValues: parameters.compactMap { name, parameter in
        guard case .quantized(let tensor) = parameter else { return nil }
        return ("\(name)_quantizer", DataType(tensor))
      })
  }
}

extension DataType {
  fileprivate init(_ format: CodeFormat, bits: Int) {
    self.init(codes: format.range, zeroPoint: format.zeroPoint, bits: bits, scale: format.scale.double)
  }

  /// Of several scales the largest one counts.
  fileprivate init(_ tensor: QuantizedTensor) {
    let isSigned = tensor.codes.contains { $0 < 0 }
    let magnitude = Int64(1) << (tensor.bits - (isSigned ? 1 : 0))
    self.init(
      codes: (isSigned ? -magnitude : 0)...(magnitude - 1), zeroPoint: 0, bits: tensor.bits,
      scale: tensor.scales.map(\.double).map(\.magnitude).max() ?? 1)
  }
}

import QIR
import Quantization

/// How QKeras' statistics see the numbers of a tensor.
extension DataType {
  /// What QKeras takes every network input for.
  static let networkInput = fixedPoint(bits: 8, integerBits: 0, isSigned: false)

  init(counting parameter: Parameter) {
    switch parameter {
    case .real: self = .floatingPoint(bits: 32)
    case .quantized(let tensor):
      self =
        tensor.quantizer?.kind.statisticsType
        ?? .fixedPoint(bits: tensor.bits, integerBits: 0, isSigned: tensor.codes.contains { $0 < 0 })
    }
  }

  /// Of a feature map.
  init(counting op: QuantizeOp, adapts: Bool) {
    guard let quantizer = op.quantizer else {
      let isSigned = op.quantizers.contains { $0.format.range.lowerBound < $0.format.zeroPoint }
      self = .fixedPoint(bits: op.bits, integerBits: 0, isSigned: isSigned)
      return
    }
    self = quantizer.kind.statisticsType
    // QKeras looks at QAdaptiveActivation before it knows its integer bits.
    if adapts { self = .fixedPoint(bits: bits, integerBits: 0, isSigned: isSigned) }
  }
}

extension DataType {
  /// What multiplies a weight of this type with `input`, as QKeras names it (`get_operation_type`): `smult_4_8`.
  func multiplication(with input: DataType) -> String {
    let sign = isSigned || input.isSigned ? "s" : "u"
    return "\(sign)\(Self.multipliers[mode.rawValue][input.mode.rawValue])_\(bits)_\(input.bits)"
  }

  /// By the mode of the weight, then of the input.
  private static let multipliers = [
    ["mult", "barrel", "mux", "mux", "mux", "fmult"],
    ["barrel", "adder", "mux", "xor", "mux", "fmult"],
    ["mux", "mux", "mux", "mux", "xor", "fmult"],
    ["mux", "xor", "mux", "xor", "xor", "fmult"],
    ["mux", "mux", "xor", "xor", "xor", "fmult"],
    ["fmult", "fmult", "fmult", "fmult", "fmult", "fmult"],
  ]
}

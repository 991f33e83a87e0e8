import QIR
import Quantization

/// How QKeras' statistics see the numbers of a tensor (`get_quant_mode` in its estimate.py).
struct OperandType: Hashable {
  enum Coding: Int {
    case fixedPoint, powerOfTwo, ternary, signs, zeroAndOne, float
  }

  var coding: Coding
  var bits: Int
  var isSigned: Bool

  static let float = OperandType(coding: .float, bits: 32, isSigned: true)
  /// What QKeras takes every network input for.
  static let input = OperandType(coding: .fixedPoint, bits: 8, isSigned: false)

  init(coding: Coding, bits: Int, isSigned: Bool) {
    self.coding = coding
    self.bits = bits
    self.isSigned = isSigned
  }

  /// QKeras knows neither sigmoid, swish, affine maps, `quantized_linear` nor functions that round: they are what their
  /// codes are.
  init(_ quantizer: Quantizer) {
    let bits = quantizer.kind.bits
    switch quantizer {
    case .quantizedBits(let kind): self.init(fixedPoint: bits, isTernary: bits == 2 && kind.integer == 1)
    case .quantizedLinear(let kind): self.init(fixedPoint: bits, isTernary: bits == 2 && kind.integer == 1)
    case .quantizedULaw(let kind): self.init(fixedPoint: bits, isTernary: bits == 2 && kind.integer == 1)
    case .quantizedTanh, .quantizedHSwish: self.init(fixedPoint: bits)
    case .quantizedReLU(let kind):
      let coding = bits == 1 && kind.integer == 1 ? Coding.zeroAndOne : .fixedPoint
      self.init(coding: coding, bits: bits, isSigned: false)
    case .quantizedSigmoid: self.init(coding: .fixedPoint, bits: bits, isSigned: false)
    case .featureMapAffine(let kind): self.init(coding: .fixedPoint, bits: bits, isSigned: kind.zeroPoint > 0)
    case .uniformAffine(let kind):
      self.init(coding: .fixedPoint, bits: bits, isSigned: kind.range.lowerBound < kind.zeroPoint)
    case .qonnxQuant(let kind):
      if kind.range == -1...1, kind.bits == 1 {
        self.init(coding: .signs, bits: 1, isSigned: true)
      } else {
        self.init(coding: .fixedPoint, bits: bits, isSigned: kind.range.lowerBound < kind.zeroPoint)
      }
    case .quantizedPowerOfTwo: self.init(coding: .powerOfTwo, bits: bits, isSigned: true)
    case .quantizedReLUPowerOfTwo: self.init(coding: .powerOfTwo, bits: bits, isSigned: false)
    case .ternary, .stochasticTernary: self.init(coding: .ternary, bits: 2, isSigned: true)
    case .binary, .stochasticBinary, .binaryTanh: self.init(coding: .signs, bits: 1, isSigned: true)
    case .bernoulli, .binarySigmoid: self.init(coding: .zeroAndOne, bits: 1, isSigned: false)
    }
  }

  private init(fixedPoint bits: Int, isTernary: Bool = false) {
    self.init(coding: isTernary ? .ternary : .fixedPoint, bits: bits, isSigned: true)
  }

  init(_ parameter: Parameter) {
    switch parameter {
    case .real: self = .float
    case .quantized(let tensor):
      self =
        tensor.quantizer.map { OperandType($0) }
        ?? OperandType(coding: .fixedPoint, bits: tensor.bits, isSigned: tensor.codes.contains { $0 < 0 })
    }
  }

  /// Of a feature map.
  init(_ op: QuantizeOp, adapts: Bool) {
    guard let quantizer = op.quantizer else {
      let isSigned = op.quantizers.contains { $0.format.range.lowerBound < $0.format.zeroPoint }
      self.init(coding: .fixedPoint, bits: op.bits, isSigned: isSigned)
      return
    }
    self.init(quantizer)
    // QKeras looks at QAdaptiveActivation before it knows its integer bits.
    if adapts { coding = .fixedPoint }
  }
}

extension OperandType {
  /// What multiplies a weight of this type with `input`, as QKeras names it (`get_operation_type`): `smult_4_8`.
  func multiplication(with input: OperandType) -> String {
    let sign = isSigned || input.isSigned ? "s" : "u"
    return "\(sign)\(Self.multipliers[coding.rawValue][input.coding.rawValue])_\(bits)_\(input.bits)"
  }

  /// By the coding of the weight, then of the input.
  private static let multipliers = [
    ["mult", "barrel", "mux", "mux", "mux", "fmult"],
    ["barrel", "adder", "mux", "xor", "mux", "fmult"],
    ["mux", "mux", "mux", "mux", "xor", "fmult"],
    ["mux", "xor", "mux", "xor", "xor", "fmult"],
    ["mux", "mux", "xor", "xor", "xor", "fmult"],
    ["fmult", "fmult", "fmult", "fmult", "fmult", "fmult"],
  ]
}

import Quantization

extension DataType {
  /// The type of a model's quantizer (`convert_qkeras_quantizer` in quantizer_impl.py). For those that QTools refuses it is
  /// that of the codes that they make.
  package init(_ quantizer: Quantizer) {
    switch quantizer {
    case .quantizedBits(let kind): self = .fixedPoint(kind.bits, kind.integer, kind.keepsNegative)
    case .quantizedLinear(let kind): self = .fixedPoint(kind.bits, kind.integer, kind.keepsNegative)
    case .quantizedHSwish(let kind):
      self = .fixedPoint(kind.result.bits, kind.result.integer, kind.result.keepsNegative)
    case .quantizedReLU(let kind):
      self.init(.quantizedReLU, bits: kind.bits, integerBits: kind.integer, isSigned: kind.negativeSlope != 0)
    case .quantizedTanh(let kind): self.init(.quantizedTanh, bits: kind.bits, integerBits: -1, isSigned: true)
    case .quantizedULaw(let kind):
      self.init(.quantizedULaw, bits: kind.bits, integerBits: kind.integer, isSigned: true)
    case .quantizedSigmoid(let kind): self = .fixedPoint(kind.bits, 0, false)
    case .binary(let kind): self = kind.uses01 ? .zeroOne : .sign
    case .binaryTanh: self = .sign
    case .binarySigmoid: self = .zeroOne
    case .stochasticBinary: self.init(.stochasticBinary, bits: 1, integerBits: 1, isSigned: true)
    case .bernoulli: self.init(.bernoulli, bits: 1, integerBits: 1, isSigned: false)
    case .ternary: self = .ternary
    case .stochasticTernary: self.init(.stochasticTernary, bits: 2, integerBits: 2, isSigned: true)
    case .quantizedPowerOfTwo(let kind):
      self = .powerOfTwo(
        bits: kind.bits, integerBits: kind.bits, isSigned: true, largest: kind.maximum ?? -1)
    case .quantizedReLUPowerOfTwo(let kind):
      self = .powerOfTwo(
        bits: kind.bits, integerBits: kind.bits, isSigned: false, largest: kind.maximum ?? -1)
    case .featureMapAffine(let kind):
      self.init(codes: -kind.zeroPoint...((1 << kind.bits) - 1 - kind.zeroPoint), bits: kind.bits, scale: kind.scale)
    case .qonnxQuant(let kind):
      if kind.bits == 1, kind.range == -1...1 {
        self = .sign
      } else {
        self.init(
          codes: Int(kind.range.lowerBound - kind.zeroPoint)...Int(kind.range.upperBound - kind.zeroPoint),
          bits: kind.bits, scale: Double(kind.scale))
      }
    case .uniformAffine(let kind):
      self.init(
        codes: Int(kind.range.lowerBound - kind.zeroPoint)...Int(kind.range.upperBound - kind.zeroPoint),
        bits: kind.bits, scale: kind.scale)
    }
  }

  /// Fixed point with the width that is declared, as many integer bits as the values need.
  /// - Parameter codes: less the zero point; value = scale x code.
  package init(codes: ClosedRange<Int>, bits: Int, scale: Double) {
    let largest = max(-scale * Double(codes.lowerBound), scale * Double(codes.upperBound + 1))
    let integerBits = largest > 0 && largest.isFinite ? Int(largest.exponent) + (largest.significand > 1 ? 1 : 0) : 0
    self = .fixedPoint(bits: bits, integerBits: integerBits, isSigned: codes.lowerBound < 0)
  }

  /// Whether QTools has a type for it (`quantizer_lookup` in quantizer_factory.py; quantized_hswish it fails on).
  static func isKnown(_ quantizer: Quantizer) -> Bool {
    switch quantizer {
    case .quantizedBits, .quantizedReLU, .quantizedPowerOfTwo, .quantizedReLUPowerOfTwo, .binary, .stochasticBinary,
      .ternary, .stochasticTernary, .bernoulli, .quantizedTanh, .quantizedULaw, .quantizedHSwish:
      true
    case .featureMapAffine, .uniformAffine, .qonnxQuant, .quantizedLinear, .quantizedSigmoid, .binarySigmoid,
      .binaryTanh:
      false
    }
  }

  private static let sign = DataType(.binary, bits: 1, integerBits: 1, isSigned: true)
  private static let zeroOne = DataType(.zeroOneBinary, bits: 1, integerBits: 1, isSigned: false)

  private static func fixedPoint(_ bits: Int, _ integerBits: Int, _ isSigned: Bool) -> DataType {
    .fixedPoint(bits: bits, integerBits: integerBits, isSigned: isSigned)
  }
}

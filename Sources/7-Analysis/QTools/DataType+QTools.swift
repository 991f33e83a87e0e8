import Libc
import Quantization
import Quantizers

extension DataType {
  /// Of a power of two 2^e: how far e goes below and above zero (`get_exp` in quantizer_impl.py). A type of one bit and a
  /// sign reaches half an exponent down.
  var exponents: (below: Double, above: Double) {
    let magnitudeBits = bits - (isSigned ? 1 : 0)
    // Far above any width there is: what comes of it still fits an integer.
    let reach = Double(sign: .plus, exponent: min(magnitudeBits - 1, 40), significand: 1)
    var above = reach - 1
    if largest != -1 { above = largest <= 0 ? 0 : min(log2(largest).rounded(.up), above) }
    return (reach, max(0, above))
  }

  /// A power of two as fixed point; other types as they are (`po2_qbits_converter` in adder_impl.py).
  var asFixedPoint: DataType {
    guard isPowerOfTwo else { return self }
    let (below, above) = exponents
    return .fixedPoint(
      bits: Int((isSigned ? 1 : 0) + below + above), integerBits: Int(above), isSigned: isSigned)
  }

  /// The type of the root of numbers of this type.
  var squareRoot: DataType {
    guard isPowerOfTwo else { return self }
    var root = self
    if largest >= 0 { root.largest = largest.squareRoot().rounded(.toNearestOrEven) }
    root.bits -= 1
    root.integerBits = root.bits
    return root
  }

  /// The type once a layer has handed it on under its own name: QTools' table of types (quantizer_factory.py) has the wrong
  /// entry for four of them.
  var handedOn: DataType {
    switch kind {
    case .quantizedTanh, .quantizedULaw, .stochasticBinary, .bernoulli:
      DataType(.stochasticTernary, bits: 2, integerBits: 2, isSigned: true)
    case .quantizedBits, .quantizedReLU, .binary, .zeroOneBinary, .ternary, .stochasticTernary, .powerOfTwo,
      .reluPowerOfTwo, .floatingPoint:
      self
    }
  }

  /// What an option names: `fp32`, `fp16`, `int8`, `int16`, `int32` or a quantizer (`make_default_quantizer` in QKeras'
  /// quantizer_factory.py).
  package init(parsing text: String, option: String) throws {
    switch text {
    case "fp32": self = .floatingPoint(bits: 32)
    case "fp16": self = .floatingPoint(bits: 16)
    case "int8": self = .fixedPoint(bits: 8, integerBits: 0)
    case "int16": self = .fixedPoint(bits: 16, integerBits: 7)
    case "int32": self = .fixedPoint(bits: 32, integerBits: 10)
    default: self = try Quantizer(QuantizerArguments(parsing: text, location: .init(file: option))).kind.dataType
    }
  }
}

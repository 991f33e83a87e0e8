/// The type of a number in QTools' map: a quantizer without what does not change hardware (`IQuantizer` and its subclasses
/// in QKeras 0.9.0's qtools/quantized_operators/quantizer_impl.py).
package struct DataType: Hashable, Sendable {
  /// What QTools calls it.
  package enum Kind: String, Hashable, Sendable {
    case quantizedBits = "quantized_bits"
    case quantizedTanh = "quantized_tanh"
    case quantizedULaw = "quantized_ulaw"
    case quantizedReLU = "quantized_relu"
    case binary
    /// `binary(use_01=True)`
    case zeroOneBinary
    case stochasticBinary = "stochastic_binary"
    case bernoulli
    case ternary
    case stochasticTernary = "stochastic_ternary"
    case powerOfTwo = "quantized_po2"
    case reluPowerOfTwo = "quantized_relu_po2"
    case floatingPoint = "floating_point"
  }

  /// Which row or column of the operator tables it is.
  package enum Mode: Int, Hashable, Sendable {
    case fixedPoint, powerOfTwo, ternary, binary, zeroOne, floatingPoint
  }

  package var kind: Kind
  package var bits: Int
  /// Left of the binary point, the sign not counted; QTools leaves it at -1 where it has no meaning.
  package var integerBits: Int
  package var isSigned: Bool
  /// Of a power of two: the largest value; -1 without one.
  package var largest: Double
  /// Of a power of two with known weights: how many different values there are; -1 where it is not known.
  package var valueCount: Int

  package init(
    _ kind: Kind, bits: Int, integerBits: Int, isSigned: Bool, largest: Double = -1, valueCount: Int = -1
  ) {
    self.kind = kind
    self.bits = min(bits, Self.widthLimit)
    self.integerBits = integerBits.clamped(to: -Self.widthLimit...Self.widthLimit)
    self.isSigned = isSigned
    self.largest = largest
    self.valueCount = valueCount
  }

  /// Products of products grow without bound; what is wider than this is nothing that anybody builds.
  private static let widthLimit = 1 << 30

  package static func fixedPoint(bits: Int, integerBits: Int, isSigned: Bool = true) -> DataType {
    DataType(.quantizedBits, bits: bits, integerBits: integerBits, isSigned: isSigned)
  }

  package static func floatingPoint(bits: Int) -> DataType {
    DataType(.floatingPoint, bits: bits, integerBits: -1, isSigned: true)
  }

  package static let ternary = DataType(.ternary, bits: 2, integerBits: 2, isSigned: true)

  /// What QTools takes for anything it knows no type of (`default_interm_quantizer` in config_public.py).
  package static let standard = fixedPoint(bits: 8, integerBits: 0)

  package var name: String { kind == .zeroOneBinary ? Kind.binary.rawValue : kind.rawValue }

  package var mode: Mode {
    switch kind {
    case .quantizedBits, .quantizedTanh, .quantizedULaw: .fixedPoint
    // As QTools has it: one bit, and that left of the point.
    case .quantizedReLU: bits == 1 && integerBits == 1 ? .zeroOne : .fixedPoint
    case .binary, .stochasticBinary: .binary
    case .zeroOneBinary, .bernoulli: .zeroOne
    case .ternary, .stochasticTernary: .ternary
    case .powerOfTwo, .reluPowerOfTwo: .powerOfTwo
    case .floatingPoint: .floatingPoint
    }
  }

  package var isFloatingPoint: Bool { mode == .floatingPoint }
  package var isPowerOfTwo: Bool { mode == .powerOfTwo }

  /// A power of two is named after its sign.
  package static func powerOfTwo(bits: Int, integerBits: Int, isSigned: Bool, largest: Double) -> DataType {
    DataType(
      isSigned ? .powerOfTwo : .reluPowerOfTwo, bits: bits, integerBits: integerBits, isSigned: isSigned,
      largest: largest)
  }

  package static let sign = DataType(.binary, bits: 1, integerBits: 1, isSigned: true)
  package static let zeroOne = DataType(.zeroOneBinary, bits: 1, integerBits: 1, isSigned: false)

  /// Fixed point with the width that is declared, as many integer bits as the values need: value = scale x (code - zero
  /// point).
  package init(codes: ClosedRange<Int64>, zeroPoint: Int64, bits: Int, scale: Double) {
    let (lower, upper) = (Double(codes.lowerBound - zeroPoint), Double(codes.upperBound - zeroPoint))
    let largest = max(-scale * lower, scale * (upper + 1))
    let integerBits = largest > 0 && largest.isFinite ? Int(largest.exponent) + (largest.significand > 1 ? 1 : 0) : 0
    self = .fixedPoint(bits: bits, integerBits: integerBits, isSigned: lower < 0)
  }

  /// As QKeras' statistics count fixed point: signed, and ternary with two bits of which one is left of the point.
  package static func counted(bits: Int, integerBits: Int) -> DataType {
    bits == 2 && integerBits == 1 ? .ternary : .fixedPoint(bits: bits, integerBits: integerBits)
  }
}

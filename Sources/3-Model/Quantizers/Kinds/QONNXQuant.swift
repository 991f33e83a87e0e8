import Diagnostics
import Numbers
import Quantization

/// QONNX `Quant` and `BipolarQuant` (qonnx `custom_op/general/quant.py`, `bipolar_quant.py`), on a feature map or on constants.
/// code = round(clamp(x / scale + zero_point)), value = (code - zero_point) x scale: the zero point is added before rounding.
package struct QONNXQuant: NamedQuantizer {
  package static let names = ["qonnx>quant"]
  package static let parameters = ["scale", "zero_point", "bit_width", "signed", "narrow", "rounding_mode"]

  /// A float32 number as a rule.
  package let scale: Double
  package let zeroPoint: Int64
  /// May have a fraction: the ends of the range are powers of two of it, rounded as all codes are.
  package let bitWidth: Double
  package let isSigned: Bool
  /// Whether a code is left out: the least of signed ones, the largest of unsigned ones.
  package let isNarrow: Bool
  package let roundingMode: RoundingMode

  /// qonnx' names, in capitals.
  package enum RoundingMode: String, Sendable, CaseIterable {
    case round = "ROUND"
    case halfEven = "HALF_EVEN"
    case ceil = "CEIL"
    case floor = "FLOOR"
    case up = "UP"
    case down = "DOWN"
    case halfUp = "HALF_UP"
    case halfDown = "HALF_DOWN"
    case roundToZero = "ROUND_TO_ZERO"

    /// The first that rounds so.
    package init(_ rounding: Rounding) {
      self = Self.allCases.first { $0.rounding == rounding } ?? .round
    }

    /// Up and down are away from zero and towards it.
    package var rounding: Rounding {
      switch self {
      case .round, .halfEven: .halfEven
      case .ceil: .ceiling
      case .floor: .floor
      case .up: .awayFromZero
      case .down, .roundToZero: .towardZero
      case .halfUp: .halfAwayFromZero
      case .halfDown: .halfTowardZero
      }
    }

    package static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
  }

  /// Widths that codes can have.
  package static let bitWidths = 1.0...32

  /// - Precondition: the scale is a positive number, the width one of `bitWidths`.
  package init(
    scale: Double, zeroPoint: Int64 = 0, bitWidth: Double, isSigned: Bool, isNarrow: Bool, roundingMode: RoundingMode
  ) {
    precondition(scale > 0 && scale.isFinite && Self.bitWidths.contains(bitWidth), "a scale and a width that exist")
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.bitWidth = bitWidth
    self.isSigned = isSigned
    self.isNarrow = isNarrow
    self.roundingMode = roundingMode
  }

  package init(_ arguments: inout QuantizerArguments) {
    let scale = arguments.number("scale", default: 1) ?? 1
    if scale <= 0 || !scale.isFinite { arguments.refuse("scale = \(scale)", supported: "a scale above 0") }
    let zeroPoint = Int64(arguments.wholeNumber("zero_point", default: 0, in: -(1 << 32)...(1 << 32)))
    let bitWidth = arguments.number("bit_width", default: 8) ?? 8
    if !Self.bitWidths.contains(bitWidth) { arguments.refuse("bit_width = \(bitWidth)", supported: "1 to 32") }
    let isSigned = arguments.bool("signed", default: true)
    let isNarrow = arguments.bool("narrow", default: false)
    let mode = arguments.string("rounding_mode", default: RoundingMode.round.rawValue)
    if RoundingMode(rawValue: mode) == nil {
      arguments.refuse("rounding_mode = '\(mode)'", supported: RoundingMode.names)
    }
    self.init(
      scale: scale > 0 ? scale : 1, zeroPoint: zeroPoint, bitWidth: Self.bitWidths.contains(bitWidth) ? bitWidth : 8,
      isSigned: isSigned, isNarrow: isNarrow, roundingMode: RoundingMode(rawValue: mode) ?? .round)
  }

  /// The sign of every number, where 0 counts as positive.
  package static func bipolar(scale: Double) -> QONNXQuant {
    QONNXQuant(scale: scale, bitWidth: 1, isSigned: true, isNarrow: true, roundingMode: .round)
  }

  package var bits: Int { Int(bitWidth.rounded(.up)) }
  package var dataType: DataType {
    bits == 1 && range == -1...1 ? .sign : DataType(codes: range, zeroPoint: zeroPoint, bits: bits, scale: scale)
  }

  /// qonnx makes signs of 1-bit signed codes.
  private var isBipolar: Bool { bitWidth == 1 && isSigned }

  /// qonnx' `min_int` and `max_int`: of positions, before they are rounded.
  private static func bounds(bitWidth: Double, isSigned: Bool, isNarrow: Bool) -> ClosedRange<Double> {
    let levels = ElementaryMath.exponential2(isSigned ? bitWidth - 1 : bitWidth)
    return isSigned
      ? (-levels + (isNarrow ? 1 : 0))...(levels - 1) : 0...max(0, levels - (isNarrow ? 2 : 1))
  }

  /// Of codes.
  package static func range(
    bitWidth: Double, isSigned: Bool, isNarrow: Bool, rounding: Rounding
  ) -> ClosedRange<Int64> {
    let bounds = bounds(bitWidth: bitWidth, isSigned: isSigned, isNarrow: isNarrow)
    return Int64(rounding(bounds.lowerBound))...Int64(rounding(bounds.upperBound))
  }

  /// Of the codes, with the zero point in them.
  package var range: ClosedRange<Int64> {
    isBipolar
      ? -1...1
      : Self.range(bitWidth: bitWidth, isSigned: isSigned, isNarrow: isNarrow, rounding: roundingMode.rounding)
  }

  package var isStraightThrough: Bool { false }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    let step = Rational(scale)
    let zero = Rational(zeroPoint)
    let steps: StepFunction =
      isBipolar
      ? .levels(LevelSteps(thresholds: [.init(-zero * step, isInclusive: true)], codes: [-1, 1]))
      : .uniform(UniformSteps(gain: .one / step, bias: zero, clamp: range, rounding: roundingMode.rounding))
    return FeatureMapQuantizer(
      steps: steps, format: CodeFormat(scale: step, zeroPoint: zeroPoint, range: range))
  }

  /// The code of a constant as qonnx computes it: in float32 where the constant and the scale are.
  package func code(of value: Float) -> Int64 {
    guard Double(Float(scale)) == scale else { return code(of: Double(value)) }
    let position = value / Float(scale) + Float(zeroPoint)
    if isBipolar { return position >= 0 ? 1 : -1 }
    let bounds = Self.bounds(bitWidth: bitWidth, isSigned: isSigned, isNarrow: isNarrow)
    let clamped = max(Float(bounds.lowerBound), min(position, Float(bounds.upperBound)))
    return Int64(roundingMode.rounding(Double(clamped)))
  }

  /// The code of a float64 constant.
  package func code(of value: Double) -> Int64 {
    let position = value / scale + Double(zeroPoint)
    if isBipolar { return position >= 0 ? 1 : -1 }
    let bounds = Self.bounds(bitWidth: bitWidth, isSigned: isSigned, isNarrow: isNarrow)
    return Int64(roundingMode.rounding(max(bounds.lowerBound, min(position, bounds.upperBound))))
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    QuantizedTensor(
      shape: shape, codes: values.map { code(of: $0) - zeroPoint }, scales: [Rational(scale)], bits: bits)
  }

  package var description: String {
    "qonnx>quant(\(scale),\(zeroPoint),\(bitWidth),\(isSigned ? 1 : 0),\(isNarrow ? 1 : 0),'\(roundingMode.rawValue)')"
  }
}

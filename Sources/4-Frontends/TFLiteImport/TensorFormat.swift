import Diagnostics
import Numbers
import QIR
import Quantization
import Quantizers
import TFLite

/// How a tensor's integers stand for values, all of them in one way.
struct TensorFormat: Hashable {
  let type: IntegerType
  let scale: Float
  let zeroPoint: Int64

  /// - Throws: `Diagnostic` where it has no integers, or no such way.
  init(_ tensor: TFLiteTensor, at location: Diagnostic.Location) throws {
    let type = try require(
      tensor.type.mapType, "a feature map of \(tensor.type.name)", at: location, supported: "int8, uint8 and int16",
      fix: tensor.type == .float32
        ? "convert the network with full integer quantization (a representative dataset)" : nil)
    try require(
      !tensor.hasQuantizationDetails, "a feature map that is not quantized by scale and zero point", at: location)
    try require(
      tensor.scales.count == 1 && tensor.zeroPoints.count <= 1,
      tensor.scales.isEmpty
        ? "a feature map of \(tensor.type.name) without a scale" : "a feature map of several scales",
      at: location, supported: "one scale and zero point")
    let (scale, zeroPoint) = (tensor.scales[0], tensor.zeroPoints.first ?? 0)
    try require(
      scale > 0 && scale.isFinite && type.range.contains(zeroPoint) && (type.bits < 16 || zeroPoint == 0),
      "a feature map of \(tensor.type.name) with scale \(scale) and zero point \(zeroPoint)", at: location,
      supported: "a scale above 0, a zero point among the codes, that of int16 being 0")
    self.type = type
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  /// Of all codes, or of some of them.
  func codes(_ range: ClosedRange<Int64>? = nil) -> CodeFormat {
    CodeFormat(scale: Rational(scale), zeroPoint: zeroPoint, range: range ?? type.range)
  }

  /// The nearest code to every number, halves to even, which the converter's callers do.
  var quantizer: Quantizer {
    Quantizer(
      UniformAffine.tensor(bits: type.bits, scale: Double(scale), zeroPoint: zeroPoint, isSigned: type.isSigned))
  }

  /// The codes that a fused activation leaves (`CalculateActivationRangeQuantized` in tensorflow/lite/kernels/kernel_util.cc).
  func codes(behind activation: Activation) -> ClosedRange<Int64> {
    func code(_ number: Float) -> Int64 {
      let steps = (number / scale).rounded(.toNearestOrAwayFromZero)
      return (Int64(exactly: steps) ?? (steps < 0 ? -1 << 40 : 1 << 40)) + zeroPoint
    }
    let range = type.range
    let lower = activation.bounds.lower.map { max(range.lowerBound, code($0)) } ?? range.lowerBound
    let upper = activation.bounds.upper.map { min(range.upperBound, code($0)) } ?? range.upperBound
    // Where the range ends before the activation begins the kernels clamp to its end last.
    return min(lower, upper)...upper
  }
}

/// A fused activation that cuts off.
enum Activation: Int {
  case none, relu, reluN1To1, relu6

  /// Of real numbers.
  var operators: [any Operator] {
    self == .none
      ? []
      : [
        ElementwiseOp([.clip(lower: bounds.lower.map { Rational($0) }, upper: bounds.upper.map { Rational($0) })])
      ]
  }

  fileprivate var bounds: (lower: Float?, upper: Float?) {
    switch self {
    case .none: (nil, nil)
    case .relu: (0, nil)
    case .reluN1To1: (-1, 1)
    case .relu6: (0, 6)
    }
  }
}

extension TFLiteElementType {
  /// Of feature maps.
  fileprivate var mapType: IntegerType? {
    switch self {
    case .int8: IntegerType(bits: 8, isSigned: true)
    case .uint8: IntegerType(bits: 8, isSigned: false)
    case .int16: IntegerType(bits: 16, isSigned: true)
    case .float32, .float16, .int32, .int64, .string, .bool, .complex64, .float64, .complex128, .uint64, .resource,
      .variant, .uint32, .uint16, .int4, .bfloat16, .unknown:
      nil
    }
  }
}

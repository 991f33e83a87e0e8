import Diagnostics
import Numbers

/// ONNX `QuantizeLinear` on a feature map: integers with a scale and a zero point.
/// q = clamp(round_half_even(x / scale) + zero_point), value = (q - zero_point) x scale.
package struct UniformAffine: QuantizerKind {
  package static let names = ["onnx>quantize"]
  package static let parameters = ["bits", "scale", "zero_point", "signed"]

  package let bits: Int
  package let scale: Double
  package let zeroPoint: Int64
  package let isSigned: Bool

  package init(_ arguments: inout QuantizerArguments) {
    bits = arguments.int("bits", default: 8, in: 1...32)
    let scale = arguments.number("scale", default: 1) ?? 1
    if scale <= 0 { arguments.refuse("scale = \(scale)", supported: "a scale above 0") }
    self.scale = scale > 0 ? scale : 1
    zeroPoint = Int64(arguments.int("zero_point", default: 0, in: -(1 << 32)...(1 << 32)))
    isSigned = arguments.bool("signed", default: true)
  }

  package init(bits: Int, scale: Double, zeroPoint: Int64 = 0, isSigned: Bool) {
    self.bits = bits
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.isSigned = isSigned
  }

  package var quantizer: Quantizer { .uniformAffine(self) }

  /// Of the codes, with the zero point in them.
  package var range: ClosedRange<Int64> { IntegerType(bits: bits, isSigned: isSigned).range }

  package func featureMap(at location: Diagnostic.Location) -> FeatureMapQuantizer {
    FeatureMapQuantizer(step: Rational(scale), zeroPoint: zeroPoint, range: range)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    throw Diagnostic("\(description) on a parameter", at: location, supported: "feature maps only")
  }

  package var description: String {
    "onnx>quantize(\(bits),\(scale),\(zeroPoint),\(isSigned ? 1 : 0))"
  }
}

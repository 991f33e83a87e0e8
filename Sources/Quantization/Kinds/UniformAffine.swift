import Diagnostics

/// ONNX `QuantizeLinear` and QONNX `Quant` on a feature map: integers with a scale and a zero point.
/// q = clamp(round_half_even(x / scale) + zero_point), value = (q - zero_point) x scale.
package struct UniformAffine: QuantizerKind {
  package static let names = ["onnx>quantize"]
  package static let parameters = ["bits", "scale", "zero_point", "signed", "narrow"]

  package let bits: Int
  package let scale: Double
  package let zeroPoint: Int64
  package let isSigned: Bool
  /// Whether the least code is left out, so that codes are the same on both sides of zero.
  package let isNarrow: Bool

  package init(_ arguments: inout QuantizerArguments) {
    bits = arguments.int("bits", default: 8, in: 1...32)
    let scale = arguments.number("scale", default: 1) ?? 1
    if scale <= 0 { arguments.refuse("scale = \(scale)", supported: "a scale above 0") }
    self.scale = scale > 0 ? scale : 1
    zeroPoint = Int64(arguments.int("zero_point", default: 0, in: -(1 << 32)...(1 << 32)))
    isSigned = arguments.bool("signed", default: true)
    isNarrow = arguments.bool("narrow", default: false)
  }

  package init(bits: Int, scale: Double, zeroPoint: Int64 = 0, isSigned: Bool, isNarrow: Bool = false) {
    self.bits = bits
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.isSigned = isSigned
    self.isNarrow = isNarrow
  }

  package var quantizer: Quantizer { .uniformAffine(self) }

  /// Of the codes, with the zero point in them.
  package var range: ClosedRange<Int64> {
    let full = IntegerType(bits: bits, isSigned: isSigned).range
    guard isNarrow, bits > 1 else { return full }
    // qonnx: signed ones lose their least code, unsigned ones their largest.
    return isSigned ? (full.lowerBound + 1)...full.upperBound : full.lowerBound...(full.upperBound - 1)
  }

  package func featureMap(at location: Diagnostic.Location) -> FeatureMapQuantizer {
    FeatureMapQuantizer(step: Rational(scale), zeroPoint: zeroPoint, range: range)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    throw Diagnostic("\(description) on a parameter", at: location, supported: "feature maps only")
  }

  package var description: String {
    "onnx>quantize(\(bits),\(scale),\(zeroPoint),\(isSigned ? 1 : 0),\(isNarrow ? 1 : 0))"
  }
}

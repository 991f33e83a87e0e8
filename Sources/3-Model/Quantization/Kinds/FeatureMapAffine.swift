import Diagnostics
import Numbers

/// `qcc>quantized_bits_featuremap`: a feature map with a static scale and zero point per tensor.
/// q = clamp(round_half_even(x / scale) + zero_point, 0, 2^bits - 1), value = (q - zero_point) x scale.
package struct FeatureMapAffine: QuantizerKind {
  package static let names = ["qcc>quantized_bits_featuremap", "quantized_bits_featuremap"]
  package static let parameters = ["bits", "scale", "zero_point"]

  package let bits: Int
  package let scale: Double
  package let zeroPoint: Int

  package init(_ arguments: inout QuantizerArguments) {
    bits = arguments.int("bits", default: 8, in: 1...32)
    let scale = arguments.number("scale", default: 1) ?? 1
    if scale <= 0 { arguments.refuse("scale = \(scale)", supported: "a scale above 0") }
    self.scale = scale > 0 ? scale : 1
    zeroPoint = arguments.int("zero_point", default: 0, in: -(1 << 32)...(1 << 32))
  }

  package var quantizer: Quantizer { .featureMapAffine(self) }

  package func featureMap(at location: Diagnostic.Location) -> FeatureMapQuantizer {
    FeatureMapQuantizer(step: Rational(scale), zeroPoint: Int64(zeroPoint), range: 0...((1 << Int64(bits)) - 1))
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    throw Diagnostic(
      "\(description) on a parameter", at: location, supported: "feature maps only",
      fix: "use quantized_bits for weights")
  }

  package var description: String { "quantized_bits_featuremap(\(bits),\(scale),\(zeroPoint))" }
}

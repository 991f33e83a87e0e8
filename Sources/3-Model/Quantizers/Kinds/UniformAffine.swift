import Diagnostics
import Numbers
import Quantization

/// Integers with a scale and a zero point, on feature maps: ONNX `QuantizeLinear`, tensors of TensorFlow Lite and, unsigned,
/// `qcc>quantized_bits_featuremap`.
/// q = clamp(round_half_even(x / scale) + zero_point), value = (q - zero_point) x scale.
package struct UniformAffine: NamedQuantizer {
  private static let onnx = "onnx>quantize"
  private static let tflite = "tflite>quantize"
  private static let keras = "quantized_bits_featuremap"
  package static let names = [onnx, tflite, "qcc>\(keras)", keras]
  /// `signed` not of QKeras'.
  package static let parameters = ["bits", "scale", "zero_point", "signed"]

  package let bits: Int
  package let scale: Double
  package let zeroPoint: Int64
  package let isSigned: Bool
  /// Which of the names it goes by.
  private let name: String

  package init(bits: Int, scale: Double, zeroPoint: Int64 = 0, isSigned: Bool) {
    self.init(bits: bits, scale: scale, zeroPoint: zeroPoint, isSigned: isSigned, name: Self.onnx)
  }

  /// Of a tensor of TensorFlow Lite.
  package static func tensor(bits: Int, scale: Double, zeroPoint: Int64, isSigned: Bool) -> UniformAffine {
    UniformAffine(bits: bits, scale: scale, zeroPoint: zeroPoint, isSigned: isSigned, name: tflite)
  }

  private init(bits: Int, scale: Double, zeroPoint: Int64, isSigned: Bool, name: String) {
    self.bits = bits
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.isSigned = isSigned
    self.name = name
  }

  package init(_ arguments: inout QuantizerArguments) {
    let name = [Self.onnx, Self.tflite].first { $0 == arguments.quantizer } ?? Self.keras
    let bits = arguments.wholeNumber("bits", default: 8, in: 1...32)
    let scale = arguments.number("scale", default: 1) ?? 1
    if scale <= 0 { arguments.refuse("scale = \(scale)", supported: "a scale above 0") }
    self.init(
      bits: bits, scale: scale > 0 ? scale : 1,
      zeroPoint: Int64(arguments.wholeNumber("zero_point", default: 0, in: -(1 << 32)...(1 << 32))),
      isSigned: name != Self.keras && arguments.bool("signed", default: true), name: name)
  }

  /// Of the codes, with the zero point in them.
  package var range: ClosedRange<Int64> { IntegerType(bits: bits, isSigned: isSigned).range }

  package var dataType: DataType { DataType(codes: range, zeroPoint: zeroPoint, bits: bits, scale: scale) }

  package var isStraightThrough: Bool { false }

  package func featureMap(at location: Diagnostic.Location) -> FeatureMapQuantizer {
    FeatureMapQuantizer(step: Rational(scale), zeroPoint: zeroPoint, range: range)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    throw Diagnostic(
      "\(description) on a parameter", at: location, supported: "feature maps only",
      fix: "use quantized_bits for weights")
  }

  package var description: String {
    "\(name)(\(bits),\(scale),\(zeroPoint)\(name == Self.keras ? "" : ",\(isSigned ? 1 : 0)"))"
  }
}

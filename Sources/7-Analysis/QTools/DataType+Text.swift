import Diagnostics
import Quantization
import Quantizers

extension DataType {
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

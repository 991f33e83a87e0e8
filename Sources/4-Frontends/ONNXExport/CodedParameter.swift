import Diagnostics
import Numbers
import ONNX
import QIR
import Quantization

/// Codes of a parameter with their scales, in the order of axes that ONNX has them in.
struct CodedParameter {
  var shape: [Int]
  var codes: IntegerArray
  var scales: [Rational]
  var axis: Int?
  var source: QuantizedTensor
  var name: String
  var location: Diagnostic.Location

  /// Signs alone.
  var isBipolar: Bool { source.bits == 1 && codes.allSatisfy { abs($0) == 1 } }

  /// The declared width where it holds the codes, else the least that does; nil beyond 32 bits.
  var width: QuantWidth? {
    let range = codes.range
    let declared = [true, false].map { isSigned in
      QuantWidth(
        bits: min(source.bits, 32), isSigned: isSigned, isNarrow: isSigned && source.quantizer?.kind.isNarrow ?? false)
    }
    return declared.first { $0.holds(range) } ?? QuantWidth.holding(range)
  }

  /// The narrowest of ONNX' types that holds the declared width and the codes.
  var integerType: ONNXElementType? {
    let types: [ONNXElementType] = [.int4, .uint4, .int8, .uint8, .int16, .uint16, .int32]
    return types.first { type in
      (type.bits ?? 0) >= min(source.bits, 32) && (type.range?.contains(codes.range) ?? false)
    }
  }

  /// Code times scale as numbers of which a `Quant` finds the codes again: float32, where that has digits enough.
  var numbers: Numbers? {
    let inner = axis.map { shape[($0 + 1)...].reduce(1, *) } ?? 1
    let doubleScales = scales.map(\.double)
    let floatScales = doubleScales.map { Float($0) }
    let codes = codes.widened
    let places = codes.indices.map { $0 / inner % doubleScales.count }
    let doubles = codes.indices.map { Double(codes[$0]) * doubleScales[places[$0]] }
    let floats = doubles.map { Float($0) }
    func areFound(_ code: (Int) -> Double) -> Bool {
      codes.indices.allSatisfy { code($0).rounded(.toNearestOrEven) == Double(codes[$0]) }
    }
    // Whichever of the two a program divides in.
    if areFound({ Double(floats[$0] / floatScales[places[$0]]) }),
      areFound({ Double(floats[$0]) / doubleScales[places[$0]] })
    {
      return .floats(floats)
    }
    return areFound { doubles[$0] / doubleScales[places[$0]] } ? .doubles(doubles) : nil
  }

  enum Numbers {
    case floats([Float])
    case doubles([Double])

    func tensor(_ name: String, shape: [Int]) -> ONNXTensor {
      switch self {
      case .floats(let floats): ONNXTensor(name: name, shape: shape, floats: floats)
      case .doubles(let doubles): ONNXTensor(name: name, shape: shape, doubles: doubles)
      }
    }
  }
}

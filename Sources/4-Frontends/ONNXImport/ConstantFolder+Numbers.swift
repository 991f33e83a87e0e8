import Numbers
import ONNX
import Quantization

/// Operators that quantize constants, and clip them.
extension ConstantFolder {
  static func quantize(_ reader: inout NodeReader) throws -> Constant {
    reader.ignore("saturate")
    let parameters = try QuantizeLinearInputs(&reader, input: 1, ofQuantize: true)
    let constant = try reader.constant(0)
    let encoding = try parameters.encoding(of: constant, reader)
    guard let range = encoding.type.range, let bits = encoding.type.bits, bits <= 32 else {
      throw reader.problem("quantization to \(encoding.type.name)", supported: "integers of up to 32 bits")
    }
    let floats = constant.floats
    try reader.require(!floats.contains(where: \.isNaN), "constants with NaN", supported: "numbers")
    let index = encoding.scaleIndex(shape: constant.shape)
    let codes = IntegerArray(count: floats.count, in: range) { element in
      // As a runtime divides: what it makes of weights is what the network is.
      let quotient = floats[element] / encoding.scales[index(element)]
      let position = Double(quotient.rounded(.toNearestOrEven)) + Double(encoding.zeroPoints[index(element)])
      return Int64(position.clamped(to: Double(range.lowerBound)...Double(range.upperBound)))
    }
    return Constant(shape: constant.shape, .integers(codes, encoding.type))
  }

  /// Codes and scales as they are: their product is what the tensor means.
  static func dequantize(_ reader: inout NodeReader) throws -> Constant {
    let parameters = try QuantizeLinearInputs(&reader, input: 1, ofQuantize: false)
    let constant = try reader.constant(0)
    guard case .integers(let integers, let type) = constant.numbers, let bits = type.bits, bits <= 32 else {
      throw reader.problem("DequantizeLinear of other numbers than codes", supported: "integers of up to 32 bits")
    }
    let encoding = try parameters.encoding(of: constant, reader)
    let index = encoding.scaleIndex(shape: constant.shape)
    let isShifted = encoding.zeroPoints.contains { $0 != 0 }
    var codes = integers
    if isShifted {
      let shifts = encoding.zeroPoints.map(-).hull() ?? 0...0
      codes = IntegerArray(count: integers.count, in: integers.range + shifts) {
        integers[$0] - encoding.zeroPoints[index($0)]
      }
    }
    let width = isShifted ? IntegerType.narrowestSigned(holding: codes.range).bits : bits
    return Constant(
      shape: constant.shape,
      .quantized(
        QuantizedTensor(
          shape: constant.shape, codes: codes, scales: encoding.scales.map { Rational($0) }, scaleAxis: encoding.axis,
          bits: width)))
  }

  static func clip(_ reader: inout NodeReader) throws -> Constant {
    let bounds = try ClipBounds(&reader)
    guard case .integers(let integers, let type) = try reader.constant(0).numbers, let range = type.range else {
      let clip = bounds.function.compiled
      return try function(&reader) { clip($0) }
    }
    let left = bounds.within(range)
    let codes = IntegerArray(count: integers.count, in: left) { integers[$0].clamped(to: left) }
    return Constant(shape: try reader.constant(0).shape, .integers(codes, type))
  }
}

extension IntegerEncoding {
  /// Which scale an element of a tensor has.
  func scaleIndex(shape: [Int]) -> (Int) -> Int {
    guard let axis, scales.count > 1 else { return { _ in 0 } }
    let inner = shape[(axis + 1)...].reduce(1, *)
    let count = scales.count
    return { $0 / inner % count }
  }
}

import Numbers
import ONNX
import Quantization

/// Operators that compute with constants.
extension ConstantFolder {
  static func arithmetic(
    _ reader: inout NodeReader, _ float: (Float, Float) -> Float,
    _ integer: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) throws -> Constant {
    let (a, b) = (try reader.constant(0), try reader.constant(1))
    let rank = max(a.shape.count, b.shape.count)
    func padded(_ shape: [Int]) -> [Int] { Array(repeating: 1, count: rank - shape.count) + shape }
    let (left, right) = (padded(a.shape), padded(b.shape))
    guard zip(left, right).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else {
      throw reader.problem("constants of shapes \(a.shape) and \(b.shape)", supported: "shapes that spread")
    }
    let shape = zip(left, right).map { $0 == 1 ? $1 : $0 }
    try reader.requireRoom(shape)
    /// The element of a smaller tensor that belongs to each element of the result.
    func positions(_ small: [Int]) -> [Int] {
      var positions = [0]
      for axis in shape.indices {
        let step = small[axis] == 1 ? 0 : 1
        positions = positions.flatMap { base in (0..<shape[axis]).map { base * small[axis] + $0 * step } }
      }
      return positions
    }
    let pairs = zip(positions(left), positions(right))
    if let x = a.integers, let y = b.integers, case .integers(_, let type) = a.numbers {
      let results = try pairs.map { pair -> Int64 in
        let result = integer(x[pair.0], y[pair.1])
        guard !result.overflow, type.range?.contains(result.partialValue) ?? true else {
          throw reader.problem(
            "integer constants whose result \(type.name) does not hold", supported: "results that fit")
        }
        return result.partialValue
      }
      return Constant(shape: shape, .integers(IntegerArray(results), type))
    }
    let (x, y) = (a.floats, b.floats)
    return Constant(shape: shape, floats: pairs.map { float(x[$0.0], y[$0.1]) })
  }

  static func quantize(_ reader: inout NodeReader) throws -> Constant {
    reader.ignore("saturate")
    let parameters = try QuantizeLinearInputs(&reader, input: 1, ofQuantize: true)
    let constant = try reader.constant(0)
    let encoding = try parameters.encoding(of: constant, reader)
    guard let range = encoding.type.range, let bits = encoding.type.bits, bits <= 32 else {
      throw reader.problem("quantization to \(encoding.type.name)", supported: "integers of up to 32 bits")
    }
    let floats = constant.floats
    guard !floats.contains(where: \.isNaN) else {
      throw reader.problem("constants with NaN", supported: "numbers")
    }
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
      return try function(&reader) { Float(clip(Double($0))) }
    }
    let left = bounds.within(range)
    let codes = IntegerArray(count: integers.count, in: left) { integers[$0].clamped(to: left) }
    return Constant(shape: try reader.constant(0).shape, .integers(codes, type))
  }

  /// A function of every element.
  static func function(_ reader: inout NodeReader, _ function: (Float) -> Float) throws -> Constant {
    let constant = try reader.constant(0)
    if case .integers = constant.numbers { throw reader.problem("constants of integers", supported: "floats") }
    return Constant(shape: constant.shape, floats: constant.floats.map(function))
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

import Numbers

/// A parameter of a layer as integers: value = code x scale, exactly; one scale for all or one per index of the last axis
/// (`scaleAxis` elsewhere).
package struct QuantizedTensor: Sendable {
  package var shape: [Int]
  /// Last axis fastest.
  package var codes: IntegerArray
  /// One, or as many as the shape has along `scaleAxis`.
  package var scales: [Rational]
  package var scaleAxis: Int
  /// The width that the quantizer declares, in bits.
  package var bits: Int
  /// The quantizer that made it; nil where that is not known.
  package var quantizer: Quantizer?
  /// How many of the numbers were 0 before they were quantized; known of kernels and biases with batch normalization
  /// folded into them.
  package var zerosBefore: Int?

  /// Of the numbers far from what they became, by how much the farthest was: x + (q - x), which QKeras' straight-through
  /// estimators hand out, is only as near to q as float32 has numbers of that size.
  package var farthest = 0.0

  package init(shape: [Int], codes: IntegerArray, scales: [Rational], scaleAxis: Int? = nil, bits: Int) {
    precondition(codes.count == shape.reduce(1, *), "as many codes as the shape holds")
    self.shape = shape
    self.codes = codes
    self.scales = scales
    self.scaleAxis = scaleAxis ?? max(shape.count - 1, 0)
    self.bits = bits
  }

  package init(shape: [Int], codes: [Int64], scales: [Rational], scaleAxis: Int? = nil, bits: Int) {
    self.init(shape: shape, codes: IntegerArray(codes), scales: scales, scaleAxis: scaleAxis, bits: bits)
  }

  /// The same with zeros for numbers that float32 has with fewer bits only, smaller than 2^-126: TensorFlow's kernels run with
  /// flush-to-zero and denormals-are-zero (`port::ScopedFlushDenormal`).
  package var flushed: QuantizedTensor {
    let least = Rational(Float.leastNormalMagnitude)
    guard scales.contains(where: { $0.magnitude < least && $0.sign != 0 }) else { return self }
    var tensor = self
    tensor.codes = IntegerArray(codes.indices.map { fraction(at: $0).magnitude < least ? 0 : codes[$0] })
    return tensor
  }

  /// With `farthest` of the numbers that were quantized. Of q / 2 <= x <= 2 q the difference is exact, as it is of q = 0
  /// (Sterbenz), and q's own rounding covers what is nearer to 0.
  package func carried(by numbers: [Float]) -> QuantizedTensor {
    var tensor = self
    for (value, number) in zip(values, numbers) where value != 0 {
      let number = Double(number)
      guard abs(number) > 2 * abs(value) || (number < 0) != (value < 0) else { continue }
      tensor.farthest = max(tensor.farthest, abs(value - number))
    }
    return tensor
  }

  /// Code times scale.
  package var fractions: [Rational] { codes.indices.map(fraction) }

  /// The same at an index.
  package func fraction(at index: Int) -> Rational {
    let inner = scales.count > 1 ? shape[(scaleAxis + 1)...].reduce(1, *) : 1
    return Rational(codes[index]) * scales[index / inner % scales.count]
  }

  /// Code times scale, each the nearest double.
  package var values: [Double] {
    let doubles = scales.map(\.double)
    let inner = doubles.count > 1 ? shape[(scaleAxis + 1)...].reduce(1, *) : 1
    func values<Integer: FixedWidthInteger>(_ codes: [Integer]) -> [Double] {
      guard doubles.count > 1 else { return codes.map { Double($0) * doubles[0] } }
      return codes.indices.map { Double(codes[$0]) * doubles[$0 / inner % doubles.count] }
    }
    return switch codes.storage {
    case .int8(let codes): values(codes)
    case .uint8(let codes): values(codes)
    case .int16(let codes): values(codes)
    case .int32(let codes): values(codes)
    case .int64(let codes): values(codes)
    }
  }
}

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
    precondition(numbers.count == codes.count, "a number for every code")
    var farthest = farthest
    numbers.withUnsafeBufferPointer { numbers in
      forEachValue { index, value in
        let number = Double(numbers[index])
        let isFar = abs(number) > 2 * abs(value) || (number < 0) != (value < 0)
        farthest = max(farthest, isFar && value != 0 ? abs(value - number) : 0)
      }
    }
    var tensor = self
    tensor.farthest = farthest
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
    [Double](unsafeUninitializedCapacity: codes.count) { values, count in
      forEachValue { values[$0] = $1 }
      count = codes.count
    }
  }

  /// Each index with code times scale, the nearest double.
  private func forEachValue(_ body: (Int, Double) -> Void) {
    let doubles = scales.map(\.double)
    let run = doubles.count > 1 ? shape[(scaleAxis + 1)...].reduce(1, *) : codes.count
    func forEach<Integer: FixedWidthInteger>(_ codes: [Integer]) {
      // Index and scale go on together: dividing one by the other takes longer than all the rest.
      codes.withUnsafeBufferPointer { codes in
        var start = 0
        while start < codes.count {
          for scale in doubles {
            for index in start..<start + run { body(index, Double(codes[index]) * scale) }
            start += run
          }
        }
      }
    }
    switch codes.storage {
    case .int8(let codes): forEach(codes)
    case .uint8(let codes): forEach(codes)
    case .int16(let codes): forEach(codes)
    case .int32(let codes): forEach(codes)
    case .int64(let codes): forEach(codes)
    }
  }
}

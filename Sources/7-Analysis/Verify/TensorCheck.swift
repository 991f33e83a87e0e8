import Lowering
import Numbers
import Quantization

/// Compares the values of one node with the integer codes that stand for them.
struct TensorCheck {
  let meaning: LoweredNetwork.Meaning

  /// What a comparison of one sample found.
  struct Result {
    var counts: VerifyReport.Comparison
    /// Index of the first element that differs, what was expected and what was found, as codes of the model.
    var first: (element: Int, expected: Int64, found: Int64)?
  }

  /// Codes against the codes that the quantizer gives its arguments.
  ///
  /// - Parameters:
  ///   - errors: how far the arguments, which are doubles, may be from the exact ones.
  ///   - exact: the exact ones; nil where they are irrational.
  func compareCodes(
    of arguments: [Double], errors: [Double], _ quantization: ProgramQuantization, with codes: [Int64],
    exact: (_ element: Int) -> Rational?
  ) -> Result {
    var result = Result(counts: .init(elements: codes.count))
    let doubtful = quantization.quantizers.doubtful(
      of: arguments, within: errors, codes: codes, plus: quantization.codeShift)
    for element in doubtful {
      let near = quantization.quantizers[element % quantization.quantizers.count].codes(
        of: arguments[element], within: errors[element], in: .double)
      let found = codes[element] + quantization.codeShift
      if near == found...found { continue }
      guard near.contains(found), near.lowerBound < near.upperBound else {
        result.note(element, near.lowerBound, found)
        continue
      }
      // On which side of a boundary it lies arithmetic in doubles cannot say.
      let quantizer = quantization.quantizers[element % quantization.quantizers.count]
      let decided = exact(element).flatMap { quantizer.code(of: $0) }
      if decided?.isTie ?? true { result.counts.ties += 1 }
      if let decided, decided.code != found { result.note(element, decided.code, found) }
    }
    return result
  }

  /// Codes against the codes that stand for a node's values.
  ///
  /// - Parameter errors: how far the values, which are doubles, may be from the exact ones.
  func compareCodes(for values: [Double], errors: [Double], with codes: [Int64]) -> Result {
    var result = Result(counts: .init(elements: codes.count))
    let encoding = meaning.encoding
    let channels = max(encoding.scales.count, encoding.offsets.count)
    for (element, value) in values.enumerated() {
      let channel = element % channels
      let found = encoding.value(of: codes[element], channel: channel)
      let half = abs(encoding.scales[channel]) / 2
      // The encoding's own numbers are doubles too.
      let magnitude = abs(value) + abs(found) + 2 * abs(encoding.offsets[channel])
      let error = errors[element] + FloatArithmetic.double.roundings(4) * magnitude
      if error >= half, half > 0 { result.counts.ties += 1 }
      if abs(value - found) <= half + error { continue }
      result.note(element, Int64(clamping: encoding.position(of: value, channel: channel)), codes[element])
    }
    return result
  }

  /// Numbers of an output that the host made against the reference's, each with its error bound.
  static func compare(
    _ found: (values: [Double], errors: [Double]), with expected: (values: [Double], errors: [Double])
  ) -> (counts: VerifyReport.Comparison, first: Int?) {
    let differing = expected.values.indices.filter { index in
      !(abs(found.values[index] - expected.values[index]) <= found.errors[index] + expected.errors[index])
    }
    return (.init(elements: expected.values.count, mismatches: differing.count), differing.first)
  }

  /// The number that a quantizer's code stands for, exactly.
  static func exactValue(of code: Int64, channel: Int, _ quantization: ProgramQuantization) -> Rational {
    quantization.quantizers[channel].format.fraction(of: code + quantization.codeShift)
  }

  /// The numbers that a quantizer's codes stand for, as the reference computes them.
  static func values(of codes: [Int64], _ quantization: ProgramQuantization) -> [Double] {
    let formats = quantization.quantizers.map(\.format)
    var values = [Double](repeating: 0, count: codes.count)
    for (channel, format) in formats.enumerated() {
      let (scale, shift) = (format.scale.double, quantization.codeShift - format.zeroPoint)
      for element in stride(from: channel, to: codes.count, by: formats.count) {
        values[element] = scale * Double(codes[element] + shift)
      }
    }
    return values
  }
}

extension TensorCheck.Result {
  fileprivate mutating func note(_ element: Int, _ expected: Int64, _ found: Int64) {
    counts.mismatches += 1
    if first == nil { first = (element, expected, found) }
  }
}

extension Int64 {
  /// The nearest integer; 0 for what is no number.
  fileprivate init(clamping value: Double) {
    self = Int64(exactly: value.rounded()) ?? (value.isNaN ? 0 : value < 0 ? .min : .max)
  }
}

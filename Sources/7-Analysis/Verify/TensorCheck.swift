import Lowering
import QIR
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
  func compareCodes(of arguments: [Double], _ quantization: LoweredNetwork.Quantization, with codes: [Int64]) -> Result
  {
    var result = Result(counts: .init(elements: codes.count))
    let wanted = quantization.quantizers.forEachElement(of: arguments) { quantizer, argument in
      (quantizer.code(of: argument), quantizer.codes(of: argument, within: quantizer.tieBand(at: argument)))
    }
    for (element, (expected, near)) in wanted.enumerated() {
      let found = codes[element] + quantization.codeShift
      if near.lowerBound != near.upperBound { result.counts.ties += 1 }
      if found != expected, !near.contains(found) { result.note(element, expected, found) }
    }
    return result
  }

  /// Codes against the codes that stand for a node's values.
  func compareCodes(for values: [Double], with codes: [Int64]) -> Result {
    var result = Result(counts: .init(elements: codes.count))
    let channels = max(meaning.encoding.scales.count, meaning.encoding.offsets.count)
    for (element, value) in values.enumerated() {
      let position = meaning.encoding.position(of: value, channel: element % channels)
      // Half a unit, or what double precision leaves of a large sum.
      let isEqual = abs(position - Double(codes[element])) < max(0.5, abs(position) * 0x1p-46)
      if !isEqual { result.note(element, Int64(max(min(position.rounded(), 0x1p62), -0x1p62)), codes[element]) }
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

  /// The numbers that a quantizer's codes stand for, as the reference computes them.
  static func values(of codes: [Int64], _ quantization: LoweredNetwork.Quantization) -> [Double] {
    let formats = quantization.quantizers.map(\.format)
    let scales = formats.map(\.scale.double)
    return codes.enumerated().map { element, code in
      let channel = element % formats.count
      return scales[channel] * Double(code + quantization.codeShift - formats[channel].zeroPoint)
    }
  }
}

extension TensorCheck.Result {
  fileprivate mutating func note(_ element: Int, _ expected: Int64, _ found: Int64) {
    counts.mismatches += 1
    if first == nil { first = (element, expected, found) }
  }
}

import BigInt
import Diagnostics
import IntegerProgram
import Numbers
import QIR

extension Lowerer {
  /// A sum of integers with whole coefficients where the scales have a common unit, exact; else it waits for its quantizer.
  mutating func add(_ id: NodeID) throws -> IntegerValue {
    let values = try graph[id].inputs.map { input -> IntegerValue in
      let value = try value(input, for: id)
      guard value.functions.allSatisfy(\.isEmpty), value.windowScales == nil else { throw unquantized(input, for: id) }
      return value
    }
    let channels = values.map(\.channelFormulas).max() ?? 1
    let terms = likeTermsCombined(values.flatMap(\.terms))
    let shifts = PerChannel(channels: channels) { channel in
      values.reduce(Rational.zero) { $0 + $1.shifts[channel] }
    }.merged
    let isQuantized = values.allSatisfy(\.isQuantized)
    if terms.count == 1 {
      return exactValue(
        id, terms[0].tensor, Coding(scales: terms[0].scales, shifts: shifts), isQuantized: isQuantized)
    }
    guard let (coefficients, units) = commonUnits(of: terms, channels: channels) else {
      var value = values[0]
      value.terms = terms
      value.shifts = shifts
      value.isQuantized = false
      return value
    }
    let ranges = zip(terms, coefficients).map { builder[$0.tensor].range.scaled(by: $1) }
    let instruction = SumInstruction(
      name: graph[id].name, terms: zip(terms, coefficients).map { .init(input: $0.tensor, coefficient: $1) },
      output: builder.reserve(), accumulatorRange: ranges.reduce(0...0) { $0 + $1.including(0) }, stage: .accumulator)
    return handOn(
      PendingSums(kind: .sum(instruction), node: id, reach: [ranges.reduce(0...0, +)]), of: id,
      Coding(scales: units, shifts: shifts), isQuantized: isQuantized)
  }

  /// One term for each tensor, however many paths lead from it to the sum; those that cancel out are none.
  private func likeTermsCombined(_ terms: [IntegerValue.Term]) -> [IntegerValue.Term] {
    var combined: [IntegerValue.Term] = []
    var places: [TensorID: Int] = [:]
    for term in terms {
      if let place = places[term.tensor] {
        combined[place].scales = combined[place].scales.combined(with: term.scales, +)
      } else {
        places[term.tensor] = combined.count
        combined.append(term)
      }
    }
    let left = combined.filter { !$0.scales.allSatisfy { $0.sign == 0 } }
    return left.isEmpty ? [combined[0]] : left
  }

  /// Whole coefficients, the same in every channel, and a unit per channel with scale = coefficient x unit; nil where there
  /// are none of 24 bits, or where the sum would not fit 62 bits.
  private func commonUnits(
    of terms: [IntegerValue.Term], channels: Int
  ) -> (coefficients: [Int64], units: PerChannel<Rational>)? {
    let first = terms[0].scales[0]
    guard first.sign != 0 else { return nil }
    let ratios = terms.map { $0.scales[0] / first }
    for channel in 1..<max(channels, 1) {
      let base = terms[0].scales[channel]
      for (term, ratio) in zip(terms, ratios) where term.scales[channel] != ratio * base { return nil }
    }
    guard let coefficients = wholeMultiples(ratios) else { return nil }
    let largest = zip(terms, coefficients).reduce(0.0) { sum, next in
      let range = builder[next.0.tensor].range
      return sum + Double(next.1.magnitude) * Double(range.largestMagnitude)
    }
    guard largest < 0x1p61 else { return nil }
    let unitOfFirst = Rational(coefficients[0])
    return (coefficients, PerChannel(channels: channels) { terms[0].scales[$0] / unitOfFirst }.merged)
  }

  /// The smallest whole numbers in these ratios, of at most 24 bits.
  private func wholeMultiples(_ ratios: [Rational]) -> [Int64]? {
    var common = BigInt(1)
    for ratio in ratios {
      let shared = ratio.numerator.greatestCommonDivisor(with: ratio.denominator)
      let denominator = ratio.denominator / max(shared, 1)
      common = common / common.greatestCommonDivisor(with: denominator) * denominator
      guard common.bitWidth <= 26 else { return nil }
    }
    let multiples = ratios.compactMap { ($0 * Rational(common)).int64 }
    return multiples.count == ratios.count && multiples.allSatisfy { $0.magnitude < 1 << 24 } ? multiples : nil
  }
}

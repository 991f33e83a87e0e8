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
    // Numbers of two scales' ratio are as long as the scales: where a quantizer comes, there are shorter ones, as a rule.
    guard let sum = ExactSum(of: terms, coefficientBits: uses[id.index].reachesQuantizer ? 24 : 48, in: builder) else {
      var value = values[0]
      value.terms = terms
      value.shifts = shifts
      value.isQuantized = false
      return value
    }
    let instruction = CombineInstruction(
      name: graph[id].name, operation: .sum, terms: sum.terms, output: builder.reserve(), accumulatorRange: sum.range,
      stage: .accumulator)
    return handOn(
      PendingSums(kind: .combine(instruction), node: id, reach: sum.reach), of: id,
      Coding(scales: sum.units, shifts: shifts), isQuantized: isQuantized)
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

  /// The product of integers around their zeros: one accumulator, whose scale is the product of the scales.
  mutating func multiply(_ id: NodeID) throws -> IntegerValue {
    let factors = try self.factors(of: id)
    let scales = factors.dropFirst().reduce(factors[0].scales) { $0.combined(with: $1.scales, *) }
    return try combine(
      id, .product, factors.map(\.term), Coding(scales: scales, shifts: [.zero]),
      isQuantized: factors.allSatisfy(\.isQuantized))
  }

  /// Products of matrices of integers around their zeros.
  mutating func matrixProduct(_ id: NodeID, _ op: MatrixProductOp) throws -> IntegerValue {
    let factors = try self.factors(of: id)
    // Channels of the first are summed over; those of the second are the result's, or are summed over as well.
    for (index, factor) in factors.enumerated() {
      try require(
        factor.term.channels == 1 && (factor.scales.isUniform || index == 1 && !op.transposesSecond),
        "the channels of the feature map from '\(graph[graph[id].inputs[index]].name)' have different scales",
        at: graph.location(of: id), supported: "one scale for what is summed over",
        fix: "put \(graph.conventions.quantizer) in front of it")
    }
    var instruction = MatrixProductInstruction(
      name: graph[id].name, first: factors[0].term, second: factors[1].term, transposesSecond: op.transposesSecond,
      output: builder.reserve(), accumulatorRange: 0...0, stage: .accumulator)
    let bounds = instruction.accumulatorBounds(
      ranges: factors.map { builder[$0.term.input].range }, terms: op.terms)
    instruction.accumulatorRange = try require(
      bounds.partial.in62Bits, "its accumulators need more than 62 bits", at: graph.location(of: id),
      fix: "put \(graph.conventions.quantizer) in front of it")
    return handOn(
      PendingSums(kind: .matrixProduct(instruction), node: id, reach: [bounds.final.clampedTo64Bits]), of: id,
      Coding(scales: factors[0].scales.combined(with: factors[1].scales, *), shifts: [.zero]),
      isQuantized: factors.allSatisfy(\.isQuantized))
  }

  private func factors(of id: NodeID) throws -> [Factor] {
    try graph[id].inputs.map { input in
      try require(
        Factor(plainValue(input, for: id)),
        "the numbers from '\(graph[input].name)' are no whole multiples of one step",
        at: graph.location(of: id), fix: "put \(graph.conventions.quantizer) between '\(graph[input].name)' and it")
    }
  }

  /// The largest or the smallest, of integers brought to one unit.
  mutating func extremum(_ id: NodeID, _ operation: CombineInstruction.Operation) throws -> IntegerValue {
    let values = try graph[id].inputs.map { try plainValue($0, for: id) }
    let channels = values.map(\.channelFormulas).max() ?? 1
    let shifts = values[0].shifts
    // Whole steps from the first one's zero.
    let units = PerChannel(channels: channels) { channel in
      Rational.unit(
        of: values.flatMap { [$0.scales[channel], $0.shifts[channel] - shifts[channel]] }) ?? .one
    }.merged
    let terms = try values.map { value -> CombineInstruction.Term in
      try require(
        .init(
          input: value.tensor, multiples: value.scales, offsets: value.shifts.combined(with: shifts, -), of: units),
        "scales and zeros whose common unit is too small", at: graph.location(of: id),
        supported: "tensors with one scale, or with scales that are multiples of each other",
        fix: "put \(graph.conventions.quantizer) of one scale in front of each")
    }
    return try combine(
      id, operation, terms, Coding(scales: units, shifts: shifts), isQuantized: values.allSatisfy(\.isQuantized))
  }

  private mutating func combine(
    _ id: NodeID, _ operation: CombineInstruction.Operation, _ terms: [CombineInstruction.Term], _ coding: Coding,
    isQuantized: Bool
  ) throws -> IntegerValue {
    let bounds = operation.bounds(of: terms, ranges: terms.map { builder[$0.input].range })
    let range = try require(
      bounds.map(\.partial).hull().in62Bits, "its accumulators need more than 62 bits", at: graph.location(of: id),
      fix: "put \(graph.conventions.quantizer) in front of it")
    let instruction = CombineInstruction(
      name: graph[id].name, operation: operation, terms: terms, output: builder.reserve(), accumulatorRange: range,
      stage: .accumulator)
    return handOn(
      PendingSums(kind: .combine(instruction), node: id, reach: bounds.map(\.final.clampedTo64Bits)), of: id, coding,
      isQuantized: isQuantized)
  }
}

/// A factor of a product: integers that are zero where the value is.
private struct Factor {
  var term: CombineInstruction.Term
  var scales: PerChannel<Rational>
  var isQuantized: Bool

  /// nil where no integers of less than 62 bits are.
  init?(_ value: IntegerValue) {
    let units = value.scales.combined(with: value.shifts) { Rational.unit(of: [$0, $1]) ?? .one }
    guard
      let term = CombineInstruction.Term(
        input: value.tensor, multiples: value.scales, offsets: value.shifts, of: units)
    else { return nil }
    self.term = term
    scales = units.merged
    isQuantized = value.isQuantized
  }
}

/// A sum as whole multiples of one unit per channel.
struct ExactSum {
  private(set) var terms: [CombineInstruction.Term]
  private(set) var units: PerChannel<Rational>
  /// Of the sums.
  private(set) var reach: PerChannel<CodeRange>
  /// Of the sums and what they are on the way.
  private(set) var range: CodeRange

  /// nil where coefficients would need more bits, or sums more than 62.
  init?(of terms: [IntegerValue.Term], coefficientBits: Int, in builder: ProgramBuilder) {
    let channels = terms.map(\.scales.count).max() ?? 1
    units = PerChannel(channels: channels) { channel in
      Rational.unit(of: terms.map { $0.scales[channel] }) ?? .one
    }
    let found = terms.compactMap { [units] in
      CombineInstruction.Term(input: $0.tensor, multiples: $0.scales, of: units)
    }
    guard found.count == terms.count,
      found.allSatisfy({ $0.coefficients.allSatisfy { $0.magnitude < 1 << coefficientBits } })
    else { return nil }
    self.terms = found
    units = units.merged
    let bounds = CombineInstruction.Operation.sum.bounds(of: found, ranges: found.map { builder[$0.input].range })
    guard let range = bounds.map(\.partial).hull().in62Bits else { return nil }
    self.range = range
    reach = bounds.map(\.final.clampedTo64Bits)
  }
}

extension CombineInstruction.Term {
  /// Integers as whole multiples of units: scale x code + offset, in units. nil where they are none of 61 bits.
  fileprivate init?(
    input: TensorID, multiples scales: PerChannel<Rational>, offsets: PerChannel<Rational> = [.zero],
    of units: PerChannel<Rational>
  ) {
    func whole(_ numbers: PerChannel<Rational>) -> PerChannel<Int64>? {
      let multiples = numbers.combined(with: units) { ($0 / $1).int64.flatMap { $0.magnitude < 1 << 61 ? $0 : nil } }
      let found = multiples.compactMap(\.self)
      return found.count == multiples.count ? PerChannel(found).merged : nil
    }
    guard let coefficients = whole(scales), let offsets = whole(offsets) else { return nil }
    self.init(input: input, coefficients: coefficients, offsets: offsets)
  }
}

extension ClosedRange<Int128> {
  /// The same where products with what is to come have room.
  fileprivate var in62Bits: CodeRange? {
    Swift.max(lowerBound.magnitude, upperBound.magnitude) < 1 << 61 ? clampedTo64Bits : nil
  }
}

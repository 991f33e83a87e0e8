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

  /// Codes side by side, brought to one scale where they have a common unit.
  mutating func concatenate(_ id: NodeID, _ op: ConcatenateOp) throws -> IntegerValue {
    let inputs = graph[id].inputs
    let values = try inputs.map { try plainValue($0, for: id) }
    let axis = try mapAxis(op.axis, of: id)
    let parts: [ConcatenateInstruction.Part]
    let coding: Coding
    if let common = commonCoding(of: values) {
      (parts, coding) = common
    } else {
      try require(
        axis == 2, "its inputs have scales without a common unit", at: graph.location(of: id),
        supported: "scales that are multiples of each other",
        fix: "put \(graph.conventions.quantizer) behind the concatenation")
      parts = values.map { .init(input: $0.tensor) }
      func joined(_ formulas: (IntegerValue) -> PerChannel<Rational>) -> PerChannel<Rational> {
        PerChannel(
          zip(inputs, values).flatMap { input, value in
            (0..<graph[input].shape.channels).map { formulas(value)[$0] }
          })
      }
      coding = Coding(scales: joined(\.scales), shifts: joined(\.shifts))
    }
    let ranges = parts.map { builder[$0.input].range.scaled(by: $0.coefficient).shifted(by: $0.offset) }
    let output = builder.reserve()
    emit(
      .concatenate(ConcatenateInstruction(name: graph[id].name, parts: parts, axis: axis, output: output)), for: id,
      coding, reach: [ranges.hull() ?? 0...0])
    // The same codes everywhere: those of one quantizer that was moved up.
    let isMoved = parts.allSatisfy { $0.coefficient == 1 && $0.offset == 0 }
    let quantizations = values.compactMap(\.quantization)
    let isOne =
      quantizations.count == values.count
      && quantizations.allSatisfy {
        $0.quantizers.isUniform && $0.codeShift == quantizations[0].codeShift
      }
    return exactValue(
      id, output, coding, isQuantized: values.allSatisfy(\.isQuantized),
      quantization: isMoved && isOne ? quantizations.first : nil)
  }

  /// Which axis of rows, columns and channels an axis of a tensor is.
  private func mapAxis(_ axis: Int, of id: NodeID) throws -> Int {
    let shape = graph[id].shape
    let mapAxis = max(0, axis + 3 - shape.rank)
    // Rows are all axes but the last two: side by side in memory only where nothing is repeated around them.
    try require(
      mapAxis > 0 || shape.extents[..<axis].allSatisfy { $0 == 1 },
      "tensors of shape \(shape) put together along axis \(axis + 1)", at: graph.location(of: id),
      supported: "one of the last two axes of more than three", fix: "concatenate along another axis")
    return mapAxis
  }

  /// One scale and shift for all values, with each part's coefficient and offset to get there.
  private func commonCoding(
    of values: [IntegerValue]
  ) -> (parts: [ConcatenateInstruction.Part], coding: Coding)? {
    guard values.allSatisfy({ $0.scales.isUniform && $0.shifts.isUniform && $0.scales[0].sign != 0 }),
      let common = CommonUnit(
        of: values.map { $0.scales[0] }, largest: PerChannel(values.map { builder[$0.tensor].range.largestMagnitude }))
    else { return nil }
    let unit = common.unit
    // Moving by whole units reaches the first value's shift.
    let shift = values[0].shifts[0]
    var parts: [ConcatenateInstruction.Part] = []
    for (value, multiple) in zip(values, common.multiples) {
      guard let offset = ((value.shifts[0] - shift) / unit).int64, offset.magnitude < 1 << 40 else { return nil }
      parts.append(.init(input: value.tensor, coefficient: multiple, offset: offset))
    }
    return (parts, Coding(scales: [unit], shifts: [shift]))
  }

  mutating func pad(_ id: NodeID, _ op: PadOp) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    let value = try plainValue(source, for: id)
    let zero = try require(
      value.zeroPoint, "the feature map from '\(graph[source].name)' has no integer code for zero",
      at: graph.location(of: id), fix: "put \(graph.conventions.quantizer) in front of the padding")
    let range = builder[value.tensor].range.including(zero)
    let output = builder.reserve()
    emit(
      .pad(
        PadInstruction(
          name: graph[id].name, input: value.tensor, output: output, top: op.padding.top, left: op.padding.left,
          code: zero)),
      for: id, value.coding, reach: [range])
    return exactValue(
      id, output, value.coding, isQuantized: value.isQuantized, quantization: value.quantization)
  }

  /// No engine moves elements: what the passes could not take out is refused.
  func untransposable(_ id: NodeID) -> Diagnostic {
    let source = graph[graph[id].inputs[0]]
    return Diagnostic(
      "the axes of '\(source.name)', of shape \(source.shape), are reordered to \(graph[id].shape)",
      at: graph.location(of: id),
      supported: "transposes that cancel each other, move axes of extent 1 only, or end in a flatten and a dense layer",
      fix:
        "keep the axes in one order from the input to a flatten; what mixes, repeats or reverses elements does so along "
        + "the channels alone")
  }

  /// The same codes under another shape.
  mutating func reshape(_ id: NodeID) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    var value = try value(source, for: id)
    guard value.isOneTerm else { throw unquantized(source, for: id) }
    let channels = graph[id].shape.channels
    let before = graph[source].shape.channels
    try require(
      value.channelFormulas == 1 || channels % before == 0,
      "a reshape to \(graph[id].shape) of channels with different scales", at: graph.location(of: id),
      supported: "shapes that keep channels whole, or a flatten",
      fix: "put \(graph.conventions.quantizer) in front of the reshape")
    /// Channel c of the result is channel c mod `before` of the source, where channels stay whole.
    func repeated<Formula>(_ formulas: PerChannel<Formula>) -> PerChannel<Formula> {
      formulas.isUniform ? formulas : PerChannel(channels: channels) { formulas[$0 % before] }
    }
    let coding = Coding(scales: repeated(value.scales), shifts: repeated(value.shifts))
    let output = builder.reserve()
    let reach = builder[value.tensor].reach
    emit(
      .reshape(ReshapeInstruction(name: graph[id].name, input: value.tensor, output: output)), for: id, coding,
      reach: channels % before == 0 ? repeated(reach) : [reach.hull()])
    value.terms = [.init(tensor: output, scales: coding.scales)]
    value.shifts = coding.shifts
    value.functions = repeated(value.functions)
    if value.isPlain { addMeaning(of: value, to: id) }
    return value
  }
}

import Diagnostics
import IntegerProgram
import Numbers
import QIR
import Quantization

/// Nodes that give integers other places. What waits for a quantizer goes on waiting behind them.
extension Lowerer {
  /// Codes one after another, brought to one scale where they have a common unit.
  mutating func concatenate(_ id: NodeID, _ op: ConcatenateOp) throws -> IntegerValue {
    let inputs = graph[id].inputs
    let values = try inputs.map { try plainValue($0, for: id) }
    let codings: [(coefficient: Int64, offset: Int64)]
    let coding: Coding
    if values.allSatisfy({ $0.coding == values[0].coding }), op.axis < graph[id].shape.rank - 1 {
      (codings, coding) = (values.map { _ in (1, 0) }, values[0].coding)
    } else if let common = commonCoding(of: values) {
      (codings, coding) = common
    } else {
      try require(
        op.axis == graph[id].shape.rank - 1, "its inputs have scales without a common unit", at: graph.location(of: id),
        supported: "scales that are multiples of each other",
        fix: "put \(graph.conventions.quantizer) behind the concatenation")
      codings = values.map { _ in (1, 0) }
      func joined(_ formulas: (IntegerValue) -> PerChannel<Rational>) -> PerChannel<Rational> {
        PerChannel(
          zip(inputs, values).flatMap { input, value in
            (0..<graph[input].shape.channels).map { formulas(value)[$0] }
          })
      }
      coding = Coding(scales: joined(\.scales), shifts: joined(\.shifts))
    }
    var start = graph[id].shape.extents.map { _ in 0 }
    let parts = zip(zip(inputs, values), codings).map { input, coding -> MoveInstruction.Part in
      defer { start[op.axis] += graph[input.0].shape.extents[op.axis] }
      return .init(
        input: input.1.tensor, box: BoxCopy(graph[input.0].shape, at: start, in: graph[id].shape.extents),
        coefficient: coding.coefficient, offset: coding.offset)
    }
    let ranges = parts.map { builder[$0.input].range.scaled(by: $0.coefficient).shifted(by: $0.offset) }
    let output = builder.reserve()
    emit(
      .move(MoveInstruction(name: graph[id].name, parts: parts, output: output)), for: id, coding,
      reach: [ranges.hull() ?? 0...0])
    // The same codes everywhere: those of one quantizer that was moved up.
    let quantizations = values.compactMap(\.quantization)
    let isOne =
      quantizations.count == values.count
      && quantizations.allSatisfy {
        $0.quantizers.isUniform && $0.codeShift == quantizations[0].codeShift
      }
    return exactValue(
      id, output, coding, isQuantized: values.allSatisfy(\.isQuantized),
      quantization: parts.allSatisfy(\.isPlain) && isOne ? quantizations.first : nil)
  }

  /// One scale and shift for all values, with what each one's codes are multiplied with and moved by to get there.
  private func commonCoding(
    of values: [IntegerValue]
  ) -> (codings: [(coefficient: Int64, offset: Int64)], coding: Coding)? {
    guard values.allSatisfy({ $0.scales.isUniform && $0.shifts.isUniform && $0.scales[0].sign != 0 }),
      let common = CommonUnit(
        of: values.map { $0.scales[0] }, largest: PerChannel(values.map { builder[$0.tensor].range.largestMagnitude }))
    else { return nil }
    let unit = common.unit
    // Moving by whole units reaches the first value's shift.
    let shift = values[0].shifts[0]
    var codings: [(coefficient: Int64, offset: Int64)] = []
    for (value, multiple) in zip(values, common.multiples) {
      guard let offset = ((value.shifts[0] - shift) / unit).int64, offset.magnitude < 1 << 40 else { return nil }
      codings.append((multiple, offset))
    }
    return (codings, Coding(scales: [unit], shifts: [shift]))
  }

  mutating func pad(_ id: NodeID, _ op: PadOp) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    let value = try plainValue(source, for: id)
    let zero = try require(
      value.zeroPoint, "the feature map from '\(graph[source].name)' has no integer code for zero",
      at: graph.location(of: id), fix: "put \(graph.conventions.quantizer) in front of the padding")
    let box = BoxCopy(op, of: graph[source].shape, to: graph[id].shape)
    let output = builder.reserve()
    let move = MoveInstruction(
      name: graph[id].name, parts: [.init(input: value.tensor, box: box)], fill: zero, output: output)
    emit(.move(move), for: id, value.coding, reach: [builder[value.tensor].range.including(zero)])
    return exactValue(
      id, output, value.coding, isQuantized: value.isQuantized, quantization: value.quantization)
  }

  mutating func transpose(_ id: NodeID, _ op: TransposeOp) throws -> IntegerValue {
    let source = graph[graph[id].inputs[0]].shape
    let channels = op.permutation.last == source.rank - 1 ? Array(0..<source.channels) : nil
    return try moved(id, channels: channels) { name, input, output in
      .move(MoveInstruction(name: name, parts: [.init(input: input, box: BoxCopy(op, of: source))], output: output))
    }
  }

  mutating func select(_ id: NodeID, _ op: SelectOp) throws -> IntegerValue {
    let source = graph[graph[id].inputs[0]].shape
    return try moved(id, channels: op.axes.last?.in(source.channels)) { name, input, output in
      .move(MoveInstruction(name: name, parts: [.init(input: input, box: BoxCopy(op, of: source))], output: output))
    }
  }

  /// The same codes under another shape.
  mutating func reshape(_ id: NodeID) throws -> IntegerValue {
    let before = graph[graph[id].inputs[0]].shape.channels
    let channels = graph[id].shape.channels
    // Those of the result are the source's over and over where these stay whole.
    return try moved(
      id, channels: channels.isMultiple(of: before) ? (0..<channels).map { $0 % before } : nil
    ) { .reshape(ReshapeInstruction(name: $0, input: $1, output: $2)) }
  }

  /// The integers of a node's one input at other places, and what waits for them.
  ///
  /// - Parameter channels: of each channel of the result the input's one that it comes from; nil where they mix.
  private mutating func moved(
    _ id: NodeID, channels: [Int]?,
    by instruction: (_ name: String, _ input: TensorID, _ output: TensorID) -> Instruction
  ) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    var value = try value(source, for: id)
    guard value.isOneTerm else { throw unquantized(source, for: id) }
    let move = type(of: graph[id].op).mnemonic
    try require(
      value.channelFormulas == 1 || channels != nil,
      "a \(move) to \(graph[id].shape) of channels with different scales", at: graph.location(of: id),
      supported: "moves that keep channels whole", fix: "put \(graph.conventions.quantizer) in front of the \(move)")
    func followed<Formula>(_ formulas: PerChannel<Formula>) -> PerChannel<Formula> {
      guard let channels, !formulas.isUniform else { return formulas }
      return PerChannel(channels.map { formulas[$0] })
    }
    let coding = Coding(scales: followed(value.scales), shifts: followed(value.shifts))
    let reach = builder[value.tensor].reach
    let output = builder.reserve()
    emit(
      instruction(graph[id].name, value.tensor, output), for: id, coding,
      reach: channels == nil ? [reach.hull()] : followed(reach))
    value.terms = [.init(tensor: output, scales: coding.scales)]
    value.shifts = coding.shifts
    value.functions = followed(value.functions)
    if let quantization = value.quantization {
      value.quantization =
        channels != nil || quantization.quantizers.isUniform
        ? .init(quantizers: followed(quantization.quantizers), codeShift: quantization.codeShift) : nil
    }
    if value.isPlain { addMeaning(of: value, to: id) }
    return value
  }
}

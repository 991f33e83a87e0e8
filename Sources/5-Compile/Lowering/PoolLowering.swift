import Diagnostics
import IntegerProgram
import Numbers
import QIR
import Quantization

extension Lowerer {
  /// The largest integer is the largest value where scales are positive and what waits for the quantizer only rises.
  mutating func maxPool(_ id: NodeID, _ op: MaxPoolOp) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    var value = try value(source, for: id)
    guard value.terms.count == 1, value.windowScales == nil, value.scales.allSatisfy({ $0.sign > 0 }),
      value.functions.allSatisfy({ $0.allSatisfy(\.isIncreasing) })
    else { throw unquantized(source, for: id) }
    let input = program[value.tensor]
    let output = newTensor(id, range: input.range, encoding: input.encoding, reach: reach(of: value.tensor))
    emit(
      .pool(try pool(id, op.window, input: value.tensor, output: output, range: input.range, kind: .maximum)), node: id)
    value.terms[0].tensor = output
    if value.isPlain { addMeaning(of: value, to: id) }
    return value
  }

  /// The mean is the sum with a smaller scale; codes or accumulators alike.
  mutating func averagePool(_ id: NodeID, _ op: AveragePoolOp) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    let value = try plainValue(source, for: id)
    let counts = windowCounts(op.window, over: mapShape(of: source), positions: mapShape(of: id))
    let input = program[value.tensor]
    guard let most = counts.max(), let least = counts.min() else { throw unquantized(source, for: id) }
    guard Double(most) * Double(input.range.largestMagnitude) < 0x1p61 else {
      throw Diagnostic("its sums need more than 62 bits", at: graph.location(of: id), fix: "use a smaller window")
    }
    func sums(_ range: CodeRange) -> CodeRange {
      range.scaled(by: Int64(least)).hull(with: range.scaled(by: Int64(most)))
    }
    let range = sums(input.range)
    let factor = Rational(op.factor)
    let shifts = value.shifts.map { $0 * factor }
    func scales(_ count: Int) -> PerChannel<Rational> { value.scales.map { $0 * factor / Rational(Int64(count)) } }
    let output = newTensor(
      id, range: range, encoding: encoding(scales: scales(most), shifts: shifts),
      reach: reach(of: value.tensor).map(sums))
    let stages = Dictionary(uniqueKeysWithValues: counts.map { ($0, OutputStage.accumulator) })
    emit(
      .pool(
        try pool(
          id, op.window, input: value.tensor, output: output, range: range.including(0), kind: .sum(stages: stages))),
      node: id)
    guard counts.count > 1 else {
      return exactValue(
        id, tensor: output, scales: scales(most), shifts: shifts, isQuantized: value.isQuantized)
    }
    // Windows over the edge divide by fewer pixels: only a quantizer right behind can tell them apart.
    guard endsInQuantizer(id), value.scales.isUniform else {
      throw Diagnostic(
        "an average over windows of \(counts.sorted()) pixels has no common scale", at: graph.location(of: id),
        supported: "windows inside the feature map, or a quantizer right behind the pooling",
        fix: "put \(graph.format.quantizer) behind it")
    }
    var sum = IntegerValue(tensor: output, scales: [.one], shifts: shifts, isQuantized: false)
    sum.windowScales = Dictionary(uniqueKeysWithValues: counts.map { ($0, scales($0)[0]) })
    return sum
  }

  private func pool(
    _ id: NodeID, _ window: Window, input: TensorID, output: TensorID, range: CodeRange,
    kind: PoolInstruction.Kind
  ) throws -> PoolInstruction {
    guard window.dilation == .one else {
      throw Diagnostic(
        "a pool with dilation \(window.dilation.rows)x\(window.dilation.columns)", at: graph.location(of: id),
        supported: "windows without gaps")
    }
    return PoolInstruction(
      name: graph[id].name, input: input, output: output, window: (window.size.rows, window.size.columns),
      stride: (window.stride.rows, window.stride.columns), padding: (window.padding.top, window.padding.left),
      accumulatorRange: range, kind: kind)
  }

  /// How many pixels of a window lie inside, over all its positions.
  private func windowCounts(_ window: Window, over input: MapShape, positions: MapShape) -> Set<Int> {
    func insides(_ positions: Int, _ stride: Int, _ padding: Int, _ size: Int, _ extent: Int) -> Set<Int> {
      Set(
        (0..<positions).map { position in
          let start = position * stride - padding
          return min(start + size, extent) - max(start, 0)
        })
    }
    let rows = insides(positions.rows, window.stride.rows, window.padding.top, window.size.rows, input.rows)
    let columns = insides(
      positions.columns, window.stride.columns, window.padding.left, window.size.columns, input.columns)
    return Set(rows.flatMap { row in columns.map { row * $0 } })
  }
}

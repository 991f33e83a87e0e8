import Diagnostics
import IntegerProgram
import Numbers
import QIR

extension Lowerer {
  /// The largest integer is the largest value where scales are positive and what waits for the quantizer only rises.
  mutating func maxPool(_ id: NodeID, _ op: MaxPoolOp) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    var value = try value(source, for: id)
    guard value.isOneTerm, value.scales.allSatisfy({ $0.sign > 0 }),
      value.functions.allSatisfy({ $0.allSatisfy(\.isIncreasing) })
    else { throw unquantized(source, for: id) }
    try requireNoGaps(op.window, of: id)
    let input = builder[value.tensor]
    let pool = pool(id, op.window, input: value.tensor, range: input.range, kind: .maximum)
    emit(.pool(pool), for: id, value.coding, reach: input.reach)
    value.terms[0].tensor = pool.output
    if value.isPlain { addMeaning(of: value, to: id) }
    return value
  }

  /// The mean is the sum with a smaller scale; codes or accumulators alike.
  mutating func averagePool(_ id: NodeID, _ op: AveragePoolOp) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    let value = try plainValue(source, for: id)
    let counts = windowCounts(op.window, over: mapShape(of: source), positions: mapShape(of: id))
    let input = builder[value.tensor]
    guard let most = counts.max(), let least = counts.min() else { throw unquantized(source, for: id) }
    try require(
      Double(most) * Double(input.range.largestMagnitude) < 0x1p61, "its sums need more than 62 bits",
      at: graph.location(of: id), fix: "use a smaller window")
    try requireNoGaps(op.window, of: id)
    // Windows over the edge divide by fewer pixels: only a quantizer right behind can tell them apart.
    try require(
      counts.count == 1 || (endsInQuantizer(id) && value.scales.isUniform),
      "an average over windows of \(counts.sorted()) pixels has no common scale", at: graph.location(of: id),
      supported: "windows inside the feature map, or a quantizer right behind the pooling",
      fix: "put \(graph.conventions.quantizer) behind it")
    let factor = Rational(op.factor)
    func scales(_ count: Int) -> PerChannel<Rational> { value.scales.map { $0 * factor / Rational(Int64(count)) } }
    let reach = input.reach.map { $0.scaled(by: Int64(least)).hull(with: $0.scaled(by: Int64(most))) }
    let pool = pool(
      id, op.window, input: value.tensor, range: reach.hull().including(0), kind: .sum(stages: [:]))
    var sum = handOn(
      PendingSums(kind: .pool(pool, pixels: counts), node: id, reach: reach), of: id,
      Coding(scales: scales(most), shifts: value.shifts.map { $0 * factor }),
      isQuantized: value.isQuantized && counts.count == 1)
    if counts.count > 1 { sum.windowScales = Dictionary(uniqueKeysWithValues: counts.map { ($0, scales($0)) }) }
    return sum
  }

  private func requireNoGaps(_ window: Window, of id: NodeID) throws {
    try require(
      window.dilation == .one, "a pool with dilation \(window.dilation)",
      at: graph.location(of: id), supported: "windows without gaps")
  }

  private mutating func pool(
    _ id: NodeID, _ window: Window, input: TensorID, range: CodeRange, kind: PoolInstruction.Kind
  ) -> PoolInstruction {
    PoolInstruction(
      name: graph[id].name, input: input, output: builder.reserve(), window: (window.size.rows, window.size.columns),
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

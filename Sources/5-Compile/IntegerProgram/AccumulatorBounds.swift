import Numbers
import Targets
import Tiling

/// What one accumulator can reach, by interval arithmetic over its terms. Wide enough for every product of two Int64.
package struct AccumulatorBounds: Hashable, Sendable {
  /// Of the finished accumulator.
  package var final: ClosedRange<Int128>
  /// Of every partial sum too, whatever the order of the terms after the initial value.
  package var partial: ClosedRange<Int128>

  package init(initial: Int64) {
    final = Int128(initial)...Int128(initial)
    partial = final
  }

  /// Adds `count` terms that are each anywhere in `range`.
  package mutating func add(_ range: ClosedRange<Int128>, count: Int = 1) {
    let sum = range.scaled(by: Int128(count))
    final = final + sum
    partial = partial + sum.including(0)
  }
}

extension LinearInstruction {
  /// Whether any tap of any output lies outside the feature map.
  package var readsPadding: Bool {
    func reaches(_ outputs: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ padding: Int, _ extent: Int) -> Bool {
      padding > 0 || (outputs - 1) * stride + (kernel - 1) * dilation >= extent + padding
    }
    return reaches(
      shape.output.rows, shape.kernel.rows, shape.stride.rows, shape.dilation.rows, shape.padding.top, shape.input.rows)
      || reaches(
        shape.output.columns, shape.kernel.columns, shape.stride.columns, shape.dilation.columns, shape.padding.left,
        shape.input.columns)
  }

  /// Bounds of every output channel's accumulator for input codes in `inputRange`, padding included. `weights` and
  /// `initial` must have the counts that `shape` asks for.
  package func accumulatorBounds(inputRange: CodeRange) -> [AccumulatorBounds] {
    let codes = (readsPadding ? inputRange.including(paddingCode) : inputRange).wide
    // A tap's term is weight * lower ... weight * upper, turned round where the weight is negative: the sums of the
    // positive and of the negative weights say everything.
    let (positive, negative) = shape.weightLimbs > 1 ? weightSums(as: Int128.self) : weightSums(as: Int64.self)
    return initial.indices.map { channel in
      var bounds = AccumulatorBounds(initial: initial[channel])
      bounds.add(codes.scaled(by: positive[channel]))
      bounds.add(codes.scaled(by: negative[channel]))
      return bounds
    }
  }

  /// Per output channel the sum of the weights above and of those below zero. `Sum` must hold them.
  private func weightSums<Sum: FixedWidthInteger>(as _: Sum.Type) -> (positive: [Int128], negative: [Int128]) {
    let channels = shape.output.channels
    var positive = [Sum](repeating: 0, count: channels)
    var negative = [Sum](repeating: 0, count: channels)
    var channel = 0
    for weight in weights {
      if weight > 0 { positive[channel] += Sum(weight) } else { negative[channel] += Sum(weight) }
      channel += 1
      if channel == channels { channel = 0 }
    }
    return (positive.map { Int128($0) }, negative.map { Int128($0) })
  }
}

extension SumInstruction {
  /// Bounds of the accumulators for terms with these ranges of codes.
  package func accumulatorBounds(ranges: [CodeRange]) -> AccumulatorBounds {
    var bounds = AccumulatorBounds(initial: 0)
    for (term, range) in zip(terms, ranges) {
      bounds.add(range.wide.scaled(by: Int128(term.coefficient)))
    }
    return bounds
  }
}

extension PoolInstruction {
  /// Bounds of a sum over at most `pixels` codes of `range`.
  package func accumulatorBounds(range: CodeRange, pixels: Int) -> AccumulatorBounds {
    var bounds = AccumulatorBounds(initial: 0)
    bounds.add(range.wide, count: pixels)
    return bounds
  }

  /// How many rows and columns of the window of output (`row`, `column`) lie inside a feature map of `input`.
  package func windowExtents(row: Int, column: Int, input: MapShape) -> Extents {
    func inside(_ first: Int, _ count: Int, _ extent: Int) -> Int { max(0, min(first + count, extent) - max(first, 0)) }
    return Extents(
      rows: inside(row * strideRows - paddingTop, windowRows, input.rows),
      columns: inside(column * strideColumns - paddingLeft, windowColumns, input.columns))
  }
}

/// One axis (rows or columns) of a spatial cut: as few tiles as possible, counted as ranges of outputs times parts of the
/// kernel. The axes do not depend on one another, since a grid's tiles are their product.
struct AxisSolver {
  /// A way to cut the axis; every range of outputs works with every part.
  struct Cut: Hashable {
    var ranges: [Range<Int>]
    var parts: [TileSlice]

    var count: Int { ranges.count * parts.count }
  }

  var axis: LinearLayerShape.Axis
  var inputMemory: Int
  var outputMemory: Int
  var weightMemory: Int

  /// Cuts with the fewest tiles, those that load least first, and of a crowd of them only these.
  func cuts() -> [Cut] {
    fewestTiles().map { (cut: $0, loaded: loaded($0)) }.enumerated()
      .sorted { ($0.element.loaded, $0.offset) < ($1.element.loaded, $1.offset) }
      .prefix(4).map(\.element.cut)
  }

  /// Rows that all tiles together load.
  private func loaded(_ cut: Cut) -> Int {
    cut.ranges.reduce(0) { sum, range in cut.parts.reduce(sum) { $0 + axis.window(range, $1).count } }
  }

  private func fewestTiles() -> [Cut] {
    var best: [Cut] = []
    var fewest = Int.max
    let outputs = axis.output
    var size = min(outputs, outputMemory, inputMemory)
    while size >= 1 {
      let ranges = (outputs + size - 1) / size
      // Of all sizes that need as many ranges the smallest leaves the kernel most room.
      let even = (outputs + ranges - 1) / ranges
      var partition = KernelPartition(taps: axis.kernel) { longestPart(step: $0, outputs: even) }
      if ranges * partition.lowerBound <= fewest {
        for parts in partition.smallest() where ranges * parts.count <= fewest {
          if ranges * parts.count < fewest { best = [] }
          fewest = ranges * parts.count
          best.append(Cut(ranges: evenRanges(outputs, ranges), parts: parts))
        }
      }
      size = even - 1
    }
    return best
  }

  /// Taps of a part with this step that fit the memories together with `outputs` outputs.
  func longestPart(step: Int, outputs: Int) -> Int {
    let one = axis.window(0..<outputs, TileSlice(start: 0, step: step, count: 2))
    // (outputs - 1) * one.stride + (count - 1) * one.dilation + 1 <= inputMemory
    let room = inputMemory - 1 - (outputs - 1) * one.stride
    return room < 0 ? 1 : min(weightMemory, room / one.dilation + 1)
  }
}

/// What one axis of an input tile needs: every `step`-th row (or column) of the feature map from `first` on, `count` of
/// them. On what was loaded the engine runs with its own, smaller stride and dilation:
/// output i of the tile, tap j of the part reads loaded row i * stride + j * dilation.
package struct AxisWindow: Hashable, Sendable {
  /// Negative in the padding.
  package var first: Int
  package var step: Int
  package var count: Int
  package var stride: Int
  package var dilation: Int

  package var last: Int { first + (count - 1) * step }

  /// The window that `outputs` of a layer with this stride, dilation and padding need for the taps of `part`.
  ///
  /// Output o and tap t read row o * stride + t * dilation - padding. Rows that a tile reads differ by multiples of
  /// g = gcd(stride, part step * dilation), so only every g-th is loaded; a single output leaves the stride out of g, a
  /// single tap the dilation.
  package init(outputs: Range<Int>, part: TileSlice, stride: Int, dilation: Int, padding: Int) {
    let spread = part.step * dilation
    first = outputs.lowerBound * stride + part.start * dilation - padding
    switch (outputs.count, part.count) {
    case (...1, ...1):
      (step, self.stride, self.dilation) = (1, 1, 1)
    case (...1, _):
      (step, self.stride, self.dilation) = (spread, 1, 1)
    case (_, ...1):
      (step, self.stride, self.dilation) = (stride, 1, 1)
    default:
      step = greatestCommonDivisor(stride, spread)
      self.stride = stride / step
      self.dilation = spread / step
    }
    count = (outputs.count - 1) * self.stride + (part.count - 1) * self.dilation + 1
  }

  /// How many of the rows lie inside a feature map of `extent` rows; the others are padding.
  package func countInside(_ extent: Int) -> Int {
    let skipped = first >= 0 ? 0 : min(count, (-first + step - 1) / step)
    let reached = first >= extent ? 0 : min(count, (extent - 1 - first) / step + 1)
    return max(0, reached - skipped)
  }
}

func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}

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

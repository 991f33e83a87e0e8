/// A part of an axis that an engine works on in one tile, taps of a kernel for instance: start, start + step, …, `count` of
/// them.
package struct TileSlice: Hashable, Sendable {
  package var start: Int
  /// 1 where there is one tap.
  package var step: Int
  package var count: Int

  package init(start: Int, step: Int = 1, count: Int) {
    self.start = start
    self.step = count == 1 ? 1 : step
    self.count = count
  }

  /// Of slices with step 1.
  package var range: Range<Int> { start..<start + count }
  package var last: Int { start + (count - 1) * step }
  package var taps: StrideThrough<Int> { Swift.stride(from: start, through: last, by: step) }
}

extension TileSlice: CustomStringConvertible {
  /// `0,2..8`
  package var description: String {
    switch count {
    case 1: "\(start)"
    case 2: "\(start),\(last)"
    default: "\(start),\(start + step)..\(last)"
    }
  }
}

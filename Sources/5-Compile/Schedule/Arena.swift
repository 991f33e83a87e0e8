/// A memory in which buffers that never live at once share places: first fit, in the order in which they come to life.
package struct Arena: Hashable, Sendable {
  /// What all buffers need.
  package private(set) var size = 0
  private var live: [Buffer] = []

  private struct Buffer: Hashable, Sendable {
    var place: Range<Int>
    var lastUse: Int
  }

  package init() {}

  /// The first place that is free from the first to the last step of `life`.
  ///
  /// - Precondition: no buffer placed before comes to life later.
  package mutating func place(_ size: Int, life: ClosedRange<Int>) -> Int {
    live.removeAll { $0.lastUse < life.lowerBound }
    var start = 0
    for other in live where other.place.lowerBound < start + size { start = max(start, other.place.upperBound) }
    let position = live.firstIndex { $0.place.lowerBound > start } ?? live.endIndex
    live.insert(Buffer(place: start..<start + size, lastUse: life.upperBound), at: position)
    self.size = max(self.size, start + size)
    return start
  }
}

/// A memory in which buffers that never live at once share places.
package struct Arena: Hashable, Sendable {
  package struct Buffer: Hashable, Sendable {
    package var size: Int
    /// What its start is a multiple of.
    package var alignment: Int
    /// From which to which step it is in use.
    package var life: ClosedRange<Int>

    package init(size: Int, alignment: Int = 1, life: ClosedRange<Int>) {
      self.size = size
      self.alignment = alignment
      self.life = life
    }
  }

  /// What all buffers need.
  package private(set) var size = 0
  /// Where each buffer starts.
  package private(set) var offsets: [Int]

  /// Places each buffer where it is free all its life, as low as it can be: in the order in which they come to life, or the largest
  /// first, whichever needs less memory.
  package init(_ buffers: [Buffer]) {
    let byLife = Arena(buffers, order: Self.order(of: buffers) { $0.life.lowerBound }, forgettingTheDead: true)
    // Here every buffer looks at all that are larger.
    let bySize =
      buffers.count > 2048
      ? byLife : Arena(buffers, order: Self.order(of: buffers) { -$0.size }, forgettingTheDead: false)
    self = bySize.size < byLife.size ? bySize : byLife
  }

  private static func order(of buffers: [Buffer], by key: (Buffer) -> Int) -> [Int] {
    buffers.indices.sorted { (key(buffers[$0]), $0) < (key(buffers[$1]), $1) }
  }

  private init(_ buffers: [Buffer], order: [Int], forgettingTheDead: Bool) {
    offsets = Array(repeating: 0, count: buffers.count)
    /// Placed and perhaps in the way, by offset.
    var placed: [Int] = []
    for index in order {
      let (life, size, alignment) = (buffers[index].life, buffers[index].size, buffers[index].alignment)
      if forgettingTheDead { placed.removeAll { buffers[$0].life.upperBound < life.lowerBound } }
      var start = 0
      for other in placed where offsets[other] < start + size && buffers[other].life.overlaps(life) {
        let end = offsets[other] + buffers[other].size
        start = max(start, (end + alignment - 1) / alignment * alignment)
      }
      offsets[index] = start
      placed.insert(index, at: placed.firstIndex { offsets[$0] > start } ?? placed.endIndex)
      self.size = max(self.size, start + size)
    }
  }
}

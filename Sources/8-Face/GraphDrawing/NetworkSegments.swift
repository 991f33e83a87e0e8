/// A layout cut into pieces of about one height, so that long networks stand in columns beside each other and no page breaks
/// a box.
struct NetworkSegments {
  /// Ranks of one piece.
  private(set) var segments: [Range<Int>] = []

  /// The cuts that cost least: pieces too long or too short, and tensors that are cut beyond one. One more of these is as bad
  /// as a third of a page.
  /// - Parameters:
  ///   - heights: of each rank, the room below it included.
  ///   - crossing: how many tensors go from each rank to the next.
  ///   - limit: how high pieces may be; a piece of several ranks may be a fifth higher where that saves a cut.
  init(heights: [Double], crossing: [Int], limit: Double) {
    let total = heights.reduce(0, +)
    // Columns of about the same height look better than full ones and a rest.
    let target = total / max((total / limit).rounded(.up), 1)
    // The least cost of all ranks before each, and where its last piece starts.
    var best: [(cost: Double, start: Int)] = [(0, 0)]
    for end in 1...max(heights.count, 1) where !heights.isEmpty {
      var height = 0.0
      var least = (cost: Double.infinity, start: 0)
      for start in (0..<end).reversed() {
        height += heights[start]
        guard start == end - 1 || height <= 1.2 * limit else { break }
        let cut = start > 0 ? Double(crossing[start - 1] - 1) * limit / 3 : 0
        let cost = best[start].cost + cut + abs(height - target)
        if cost < least.cost { least = (cost, start) }
      }
      best.append(least)
    }
    var end = heights.count
    while end > 0 {
      segments.insert(best[end].start..<end, at: 0)
      end = best[end].start
    }
  }
}

/// A network as boxes and arrows. A box stands behind those whose tensors it reads.
package struct NetworkDrawing: Sendable {
  /// An operator, and the element-wise ones behind it that become one step with it.
  package struct Box: Sendable {
    package var name: String
    /// `QConv2D 3x3, stride 2`
    package var title: String
    /// What else is to be said, one line each.
    package var lines: [String]
    /// The class that colours it.
    package var colour: String
    /// The type and shape of its result: `s8 8x8x16`
    package var result: String
    package var isOutput: Bool

    package init(
      name: String, title: String, lines: [String] = [], colour: String, result: String, isOutput: Bool = false
    ) {
      self.name = name
      self.title = title
      self.lines = lines
      self.colour = colour
      self.result = result
      self.isOutput = isOutput
    }
  }

  /// A tensor on its way, between indices of boxes.
  package struct Edge: Sendable {
    package var from: Int
    package var to: Int

    package init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
  }

  package var boxes: [Box]
  package var edges: [Edge]

  package init(boxes: [Box], edges: [Edge]) {
    precondition(
      edges.allSatisfy { $0.from < $0.to && boxes.indices.contains($0.to) }, "boxes stand behind their inputs")
    self.boxes = boxes
    self.edges = edges
  }
}

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

/// Positions along a line for things in a given order that keep a distance: as near as can be, in least squares, to where each
/// would like to be.
///
/// With q_i = p_i - (distances before i) the distances become q_i <= q_i+1, which pooling adjacent violators solves exactly
/// (Ayer and others, 1955).
struct Placement {
  /// - Parameter distances: the least distance between each and the next; one fewer than `wishes`.
  static func positions(wishes: [Double], distances: [Double]) -> [Double] {
    var offsets = [0.0]
    for distance in distances { offsets.append(offsets[offsets.count - 1] + distance) }
    /// Neighbours that share one q, their mean.
    var pools: [(sum: Double, count: Int)] = []
    for (wish, offset) in zip(wishes, offsets) {
      pools.append((wish - offset, 1))
      while pools.count > 1 {
        let last = pools[pools.count - 1]
        let before = pools[pools.count - 2]
        guard before.sum * Double(last.count) > last.sum * Double(before.count) else { break }
        pools.removeLast()
        pools[pools.count - 1] = (before.sum + last.sum, before.count + last.count)
      }
    }
    let shared = pools.flatMap { Array(repeating: $0.sum / Double($0.count), count: $0.count) }
    return zip(shared, offsets).map(+)
  }
}

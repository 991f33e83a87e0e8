import Numbers
import Testing

@testable import GraphDrawing

/// Where things of a drawing go: nothing lies on anything else.
@Suite struct PlacementTests {
  /// No other positions that keep the distances are nearer to the wishes: a search from the answer finds none.
  @Test(arguments: 0..<40) func positionsKeepDistancesAndAreNearest(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    let count = Int.random(in: 1...7, using: &random)
    let wishes = (0..<count).map { _ in Double.random(in: -50...50, using: &random) }
    let distances = (1..<count).map { _ in Double.random(in: 0...30, using: &random) }
    let positions = Placement.positions(wishes: wishes, distances: distances)
    func isFeasible(_ positions: [Double]) -> Bool {
      zip(zip(positions, positions.dropFirst()), distances).allSatisfy { $0.1 - $0.0 >= $1 - 1e-9 }
    }
    func cost(_ positions: [Double]) -> Double {
      zip(positions, wishes).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    #expect(isFeasible(positions))
    let least = cost(positions)
    for _ in 0..<2000 {
      let other = positions.map { $0 + Double.random(in: -1...1, using: &random) }
      if isFeasible(other) { #expect(cost(other) >= least - 1e-6) }
    }
  }

  /// A random network of boxes, each reading some of those before it.
  private func drawing(_ seed: UInt64) -> NetworkDrawing {
    var random = SplitMix(seed: seed)
    let count = Int.random(in: 1...24, using: &random)
    var edges: [NetworkDrawing.Edge] = []
    for box in 0..<count {
      let near = max(0, box - 5)..<box
      for _ in 0..<min(near.count, Int.random(in: 0...3, using: &random)) {
        edges.append(.init(from: Int.random(in: near, using: &random), to: box))
      }
    }
    return NetworkDrawing(
      boxes: (0..<count).map {
        .init(name: "b\($0)", title: "t", colour: "other", result: "s8 1", isOutput: $0 == count - 1)
      },
      edges: edges)
  }

  @Test(arguments: 0..<60) func boxesStandApartAndBelowWhatTheyRead(_ seed: UInt64) {
    let drawing = drawing(seed)
    let layout = LayeredLayout(drawing)
    #expect(layout.items.filter { !$0.isPassing }.map(\.box).sorted() == Array(drawing.boxes.indices))
    for rank in layout.ranks {
      for (left, right) in zip(rank, rank.dropFirst()) {
        let gap = layout.items[right].x - layout.items[left].x - (layout.width(of: left) + layout.width(of: right)) / 2
        #expect(gap >= 19.99)
      }
    }
    // Every edge is a way of links, from rank to rank, through items of its source alone.
    var reached = Set<[Int]>()
    for (rank, links) in layout.links.enumerated() {
      for link in links {
        let (upper, lower) = (layout.items[link.upper], layout.items[link.lower])
        #expect(upper.rank == rank && lower.rank == rank + 1)
        if lower.isPassing { #expect(lower.box == upper.box) } else { reached.insert([upper.box, lower.box]) }
      }
    }
    #expect(reached == Set(drawing.edges.map { [$0.from, $0.to] }))
  }

  @Test(arguments: 0..<40) func segmentsHoldEveryRankOnce(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    let count = Int.random(in: 0...40, using: &random)
    let heights = (0..<count).map { _ in Double.random(in: 60...300, using: &random) }
    let crossing = (0..<max(count - 1, 0)).map { _ in Int.random(in: 1...3, using: &random) }
    let segments = NetworkSegments(heights: heights, crossing: crossing, limit: 860).segments
    #expect(segments.flatMap { Array($0) } == Array(0..<count))
    for segment in segments { #expect(segment.count == 1 || heights[segment].reduce(0, +) <= 1.2 * 860) }
  }

  /// A residual network is cut between its blocks.
  @Test func cutsGoWhereOneTensorCrosses() {
    let crossing = (0..<29).map { $0 % 3 == 0 ? 1 : 2 }
    let segments = NetworkSegments(heights: Array(repeating: 100, count: 30), crossing: crossing, limit: 860).segments
    #expect(segments.count > 2)
    for segment in segments.dropLast() { #expect(crossing[segment.upperBound - 1] == 1) }
  }

  @Test(arguments: 0..<40) func labelsCoverNothing(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    let area = LabelPlacement.Rectangle(left: 0, top: 0, width: 600, height: 300)
    let points = (0..<30).map { _ in
      (x: Double.random(in: 100...400, using: &random), y: Double.random(in: 50...250, using: &random))
    }
    let taken = [LabelPlacement.Rectangle(left: 0, top: 140, width: 600, height: 2)]
    let places = LabelPlacement.places(
      points: points, sizes: points.map { _ in (20, 12) }, taken: taken, within: area)
    let labels = places.compactMap { $0 }
    #expect(labels.count == points.count)
    for (index, label) in labels.enumerated() {
      #expect(area.contains(label) && !label.overlaps(taken[0]))
      for other in labels[..<index] { #expect(!label.overlaps(other)) }
      for point in points {
        #expect(!label.overlaps(.init(left: point.x - 5, top: point.y - 5, width: 10, height: 10)))
      }
    }
  }
}

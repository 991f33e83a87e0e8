/// A graph in ranks, top to bottom (Sugiyama, Tagawa, Toda, 1981): every box stands below those that it reads. Where an edge
/// passes a rank, it takes a place of its own there; edges of one source share it.
struct LayeredLayout {
  struct Item {
    /// The box, or the box whose tensor passes.
    var box: Int
    var isPassing: Bool
    var rank: Int
    /// Of its middle.
    var x = 0.0
  }

  /// From an item to one in the next rank, by their indices.
  struct Link {
    var upper: Int
    var lower: Int
  }

  private(set) var items: [Item] = []
  /// Items of each rank, from left to right.
  private(set) var ranks: [[Int]] = []
  /// Links from each rank to the next; one list fewer than ranks.
  private(set) var links: [[Link]] = []

  static let boxWidth = 228.0
  private static let passingWidth = 12.0
  private static let gap = 20.0

  init(_ drawing: NetworkDrawing) {
    rank(drawing)
    order()
    place()
  }

  // MARK: Ranks

  private mutating func rank(_ drawing: NetworkDrawing) {
    var rankOf = Array(repeating: 0, count: drawing.boxes.count)
    for edge in drawing.edges.sorted(by: { ($0.to, $0.from) < ($1.to, $1.from) }) {
      rankOf[edge.to] = max(rankOf[edge.to], rankOf[edge.from] + 1)
    }
    // A box that reads nothing stands right above its first reader.
    let readers = Dictionary(grouping: drawing.edges, by: \.from)
    for box in drawing.boxes.indices where !drawing.edges.contains(where: { $0.to == box }) {
      if let first = readers[box]?.map({ rankOf[$0.to] }).min() { rankOf[box] = first - 1 }
    }
    ranks = Array(repeating: [], count: (rankOf.max() ?? -1) + 1)
    links = Array(repeating: [], count: max(ranks.count - 1, 0))
    for (box, rank) in rankOf.enumerated() { add(Item(box: box, isPassing: false, rank: rank)) }
    for box in drawing.boxes.indices {
      let targets = (readers[box] ?? []).map(\.to).sorted()
      var place = box
      for rank in rankOf[box]..<max(rankOf[box], targets.map { rankOf[$0] }.max() ?? 0) {
        for target in targets where rankOf[target] == rank + 1 { links[rank].append(Link(upper: place, lower: target)) }
        guard targets.contains(where: { rankOf[$0] > rank + 1 }) else { break }
        let passing = add(Item(box: box, isPassing: true, rank: rank + 1))
        links[rank].append(Link(upper: place, lower: passing))
        place = passing
      }
    }
  }

  @discardableResult
  private mutating func add(_ item: Item) -> Int {
    items.append(item)
    ranks[item.rank].append(items.count - 1)
    return items.count - 1
  }

  // MARK: Order within the ranks

  /// Items stand at the mean of their neighbours, in turns from above and from below; the order with the fewest crossings
  /// is kept.
  private mutating func order() {
    var best = (ranks: ranks, crossings: crossings)
    for turn in 0..<8 where best.crossings > 0 {
      let downwards = turn.isMultiple(of: 2)
      for rank in downwards ? Array(ranks.indices.dropFirst()) : ranks.indices.dropLast().reversed() {
        sort(rank, by: downwards ? rank - 1 : rank + 1)
      }
      let crossings = crossings
      if crossings < best.crossings { best = (ranks, crossings) }
    }
    ranks = best.ranks
  }

  private mutating func sort(_ rank: Int, by other: Int) {
    let places = places(of: other)
    let neighbours = neighbours(of: rank, in: other)
    let means = ranks[rank].enumerated().map { place, item in
      let near = (neighbours[item] ?? []).map { Double(places[$0] ?? 0) }
      return (item: item, mean: near.isEmpty ? Double(place) : near.reduce(0, +) / Double(near.count), place: place)
    }
    ranks[rank] = means.sorted { ($0.mean, $0.place) < ($1.mean, $1.place) }.map(\.item)
  }

  private func places(of rank: Int) -> [Int: Int] {
    Dictionary(uniqueKeysWithValues: ranks[rank].enumerated().map { ($1, $0) })
  }

  private func neighbours(of rank: Int, in other: Int) -> [Int: [Int]] {
    var neighbours: [Int: [Int]] = [:]
    for link in links[min(rank, other)] {
      let (own, their) = other < rank ? (link.lower, link.upper) : (link.upper, link.lower)
      neighbours[own, default: []].append(their)
    }
    return neighbours
  }

  private var crossings: Int {
    links.indices.reduce(0) { count, rank in
      let (above, below) = (places(of: rank), places(of: rank + 1))
      let lines = links[rank].map { (above[$0.upper] ?? 0, below[$0.lower] ?? 0) }.sorted { $0 < $1 }
      var crossings = 0
      for (index, line) in lines.enumerated() {
        for other in lines[..<index] where other.0 < line.0 && other.1 > line.1 { crossings += 1 }
      }
      return count + crossings
    }
  }

  // MARK: Places

  private mutating func place() {
    for rank in ranks.indices { place(rank, wishes: ranks[rank].map { _ in 0 }) }
    for turn in 0..<6 {
      let downwards = turn.isMultiple(of: 2)
      for rank in downwards ? Array(ranks.indices.dropFirst()) : ranks.indices.dropLast().reversed() {
        let neighbours = neighbours(of: rank, in: downwards ? rank - 1 : rank + 1)
        place(
          rank,
          wishes: ranks[rank].map { item in
            let near = (neighbours[item] ?? []).map { items[$0].x }
            return near.isEmpty ? items[item].x : near.reduce(0, +) / Double(near.count)
          })
      }
    }
  }

  private mutating func place(_ rank: Int, wishes: [Double]) {
    let order = ranks[rank]
    let distances = zip(order, order.dropFirst()).map { (width(of: $0) + width(of: $1)) / 2 + Self.gap }
    for (item, x) in zip(order, Placement.positions(wishes: wishes, distances: distances)) { items[item].x = x }
  }

  func width(of item: Int) -> Double { items[item].isPassing ? Self.passingWidth : Self.boxWidth }
}

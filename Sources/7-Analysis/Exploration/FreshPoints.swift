import Numbers

/// Points that a method may still ask for: none twice, none that costs more than its goal allows.
struct FreshPoints: Sendable {
  let space: Space
  let goal: Goal
  private var taken: Set<Point> = []
  /// All that are allowed, where a space is small.
  private let all: [Point]?

  /// Spaces that are listed.
  private static let small = 4096.0
  /// Draws that may fail before something else is tried.
  private static let tries = 50

  init(_ space: Space, goal: Goal) {
    self.space = space
    self.goal = goal
    all = space.size <= Self.small ? Self.points(of: space).filter { Self.isAllowed($0, goal) } : nil
  }

  private static func points(of space: Space) -> [Point] {
    space.variables.reduce([[]]) { beginnings, variable in
      beginnings.flatMap { beginning in variable.choices.indices.map { beginning + [$0] } }
    }.map { Point($0) }
  }

  private static func isAllowed(_ point: Point, _ goal: Goal) -> Bool {
    goal.mostCost.map { goal.cost.value(at: point) <= $0 } ?? true
  }

  func contains(_ point: Point) -> Bool { !taken.contains(point) && Self.isAllowed(point, goal) }

  /// Those that are fresh, which are not so any more.
  mutating func take(_ points: [Point]) -> [Point] {
    points.filter { contains($0) && taken.insert($0).inserted }
  }

  /// The same whatever they cost.
  mutating func takeAny(_ points: [Point]) -> [Point] { points.filter { taken.insert($0).inserted } }

  func inOrderOfCost(_ points: [Point]) -> [Point] {
    points.map { (cost: goal.cost.value(at: $0), point: $0) }.sorted { $0 < $1 }.map(\.point)
  }

  // MARK: Draws

  /// Uniform over what is fresh. In a large space of which nearly nothing is allowed, a uniform point with variables narrowed at
  /// random until it is; nil where none is found.
  func draw(using random: inout SplitMix) -> Point? {
    if let all { return all.filter { !taken.contains($0) }.randomElement(using: &random) }
    for _ in 0..<Self.tries {
      let point = uniform(using: &random)
      if contains(point) { return point }
    }
    for _ in 0..<Self.tries {
      if let point = narrowed(uniform(using: &random), using: &random), contains(point) { return point }
    }
    return nil
  }

  private func uniform(using random: inout SplitMix) -> Point {
    Point(space.variables.map { Int.random(in: $0.choices.indices, using: &random) })
  }

  private func narrowed(_ point: Point, using random: inout SplitMix) -> Point? {
    var point = point
    while !Self.isAllowed(point, goal) {
      guard let variable = point.choices.indices.filter({ point[$0] > 0 }).randomElement(using: &random) else {
        return nil
      }
      point[variable] -= 1
    }
    return point
  }

  /// Up to so many different ones, which are not fresh any more.
  mutating func takeDrawn(_ count: Int, using random: inout SplitMix) -> [Point] {
    var points: [Point] = []
    while points.count < count, let point = draw(using: &random) { points += take([point]) }
    return points
  }
}

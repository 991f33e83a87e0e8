import Exploration

/// What networks lose of which one variable alone differs from a base, and what others are expected to lose if that adds up.
struct SingleChanges {
  private let base: Point
  private let floor: Double
  /// By variable and choice; nil where that was not judged.
  private let rises: [[Double?]]

  /// - Parameters:
  ///   - trials: all calibrated alike.
  ///   - bases: the one of which most changes were judged is taken.
  init?(_ trials: [Trial], in space: Space, bases: [Point]) {
    var losses: [Point: Double] = [:]
    for trial in trials { space.point(of: trial.widths).map { losses[$0] = trial.verdict.loss } }
    func rises(from base: Point, _ floor: Double) -> [[Double?]] {
      space.variables.indices.map { variable in
        space.variables[variable].choices.indices.map { losses[base.with(variable, $0)].map { $0 - floor } }
      }
    }
    let known = bases.compactMap { base in losses[base].map { (base, $0, rises(from: base, $0)) } }
    func count(_ rises: [[Double?]]) -> Int { rises.joined().count { $0 != nil } }
    guard let (base, floor, rises) = known.max(by: { count($0.2) < count($1.2) }) else { return nil }
    (self.base, self.floor, self.rises) = (base, floor, rises)
  }

  /// Of the loss, from one choice of a variable to another; nil where either was not judged alone.
  func change(of variable: Int, from first: Int, to second: Int) -> Double? {
    guard let before = rises[variable][first], let after = rises[variable][second] else { return nil }
    return after - before
  }

  /// nil where a change was not judged alone, and of single changes, which are known.
  func loss(at point: Point) -> Double? {
    let changed = point.choices.indices.filter { point[$0] != base[$0] }
    guard changed.count > 1 else { return nil }
    return changed.reduce(Optional(floor)) { sum, variable in
      sum.flatMap { sum in rises[variable][point[variable]].map { sum + $0 } }
    }
  }
}

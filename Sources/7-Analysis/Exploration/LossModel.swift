/// What a network's loss is expected to be: a sum of what each narrow choice costs, and a little of what two choices beside each
/// other cost together. Bayesian linear regression: what single changes were measured to cost is where it begins, and every
/// further evaluation corrects all that it is made of by how little is known of each.
struct LossModel: Sendable {
  private struct Feature: Hashable {
    var first: Int
    var firstChoice: Int
    /// -1: of one variable alone.
    var second = -1
    var secondChoice = -1
  }

  private let space: Space
  private let base: Point
  private let floor: Double
  private let pairs: [(Int, Int)]
  private var features: [Feature] = []
  private var places: [Feature: Int] = [:]
  private var mean: [Double] = []
  /// Of the mean, row by row.
  private var covariance: [Double]

  /// How far an evaluation is from what any sum can be, as a part of it.
  private static let noise = 0.1
  /// How far what a change costs alone may be from what it costs beside others, as a part of it.
  private static let spread = 0.4

  /// - Parameters:
  ///   - base: the point of which the others are changes, with the loss `floor`.
  ///   - pairs: of variables that stand beside each other in the network.
  ///   - single: what changing one variable alone costs.
  init(
    _ space: Space, base: Point, floor: Double, pairs: [(Int, Int)], single: (_ variable: Int, _ choice: Int) -> Double
  ) {
    self.space = space
    self.base = base
    self.floor = floor
    var deviations: [Double] = []
    func costs(_ variable: Int) -> [(choice: Int, cost: Double)] {
      space.variables[variable].choices.indices.filter { $0 != base[variable] }.map {
        ($0, max(0, single(variable, $0) - floor))
      }
    }
    for variable in space.variables.indices {
      for (choice, cost) in costs(variable) {
        features.append(Feature(first: variable, firstChoice: choice))
        mean.append(cost)
        deviations.append(Self.spread * cost)
      }
    }
    for (first, second) in pairs {
      for one in costs(first) {
        for other in costs(second) {
          features.append(
            Feature(first: first, firstChoice: one.choice, second: second, secondChoice: other.choice))
          mean.append(0)
          deviations.append(Self.spread * (one.cost * other.cost).squareRoot())
        }
      }
    }
    for (place, feature) in features.enumerated() { places[feature] = place }
    covariance = [Double](repeating: 0, count: mean.count * mean.count)
    for place in mean.indices { covariance[place * (mean.count + 1)] = deviations[place] * deviations[place] }
    self.pairs = pairs
  }

  /// The features that a point has.
  private func active(_ point: Point) -> [Int] {
    let changed = point.choices.indices.filter { point[$0] != base[$0] }
    let single = changed.compactMap { places[Feature(first: $0, firstChoice: point[$0])] }
    let double = pairs.compactMap { first, second in
      places[Feature(first: first, firstChoice: point[first], second: second, secondChoice: point[second])]
    }
    return single + double
  }

  func loss(at point: Point) -> Double { active(point).reduce(floor) { $0 + mean[$1] } }

  /// One step of recursive least squares.
  mutating func learn(_ point: Point, loss: Double) {
    let active = active(point)
    guard !active.isEmpty else { return }
    let count = mean.count
    let gains = (0..<count).map { row in active.reduce(0) { $0 + covariance[row * count + $1] } }
    let deviation = Self.noise * max(loss, floor)
    let variance = active.reduce(0) { $0 + gains[$1] } + deviation * deviation
    guard variance > 0 else { return }
    let error = loss - self.loss(at: point)
    for row in 0..<count where gains[row] != 0 {
      mean[row] += gains[row] / variance * error
      for column in 0..<count { covariance[row * count + column] -= gains[row] * gains[column] / variance }
    }
  }

  /// The same as terms; no change gains anything.
  var function: SeparableFunction {
    var terms = space.variables.indices.map { variable in
      SeparableFunction.Term([variable], in: space) { choices in
        max(0, places[Feature(first: variable, firstChoice: choices[0])].map { mean[$0] } ?? 0)
      }
    }
    terms += pairs.map { first, second in
      SeparableFunction.Term([first, second], in: space) { choices in
        let feature = Feature(first: first, firstChoice: choices[0], second: second, secondChoice: choices[1])
        return places[feature].map { mean[$0] } ?? 0
      }
    }
    return SeparableFunction(terms)
  }
}

import Numbers

/// Bayesian optimization as AutoQKeras has it from Keras Tuner: a Gaussian process over what is known, and next the points whose
/// lower confidence bound, the mean less `beta` deviations, is best (Srinivas et al. 2010). What it has not: the process is of
/// the logarithm of the loss, around what a sum of single changes predicts, and every batch asks for as many compromises
/// between cost and loss.
package struct BayesianSearch: ExplorationMethod {
  private typealias Known = (point: Point, cost: Double, outcome: Outcome)

  private var fresh: FreshPoints
  private var random: SplitMix
  private var references: [Point]
  private var left: Int
  private var hasBegun = false
  private var asked: [Point] = []
  private var known: [Known] = []

  /// Keras Tuner's.
  private static let beta = 2.6
  private static let batch = 8
  /// Points drawn, and changes of known ones, from which a compromise is picked.
  private static let (draws, changes) = (16, 48)
  /// Known points of which changes are looked at, for each compromise.
  private static let starts = 3

  /// - Parameters:
  ///   - evaluations: at most; up to half of them find out what single changes cost.
  ///   - references: points that are evaluated in any case, first of all.
  package init(_ space: Space, goal: Goal, evaluations: Int, seed: UInt64, references: [Point] = []) {
    fresh = FreshPoints(space, goal: goal)
    random = SplitMix(seed: seed)
    self.references = references
    left = evaluations
  }

  // MARK: Turns

  package mutating func ask() -> [Request] {
    let points = hasBegun ? acquisitions() : beginnings()
    hasBegun = true
    left -= points.count
    asked = fresh.inOrderOfCost(points)
    return asked.map { Request($0) }
  }

  package mutating func tell(_ outcomes: [Outcome]) {
    known += zip(asked, outcomes).map { ($0, fresh.goal.cost.value(at: $0), $1) }
  }

  /// The widest point and changes of one variable, each variable's narrowest choice first; drawn ones where these cost too much.
  private mutating func beginnings() -> [Point] {
    let (space, widest) = (fresh.space, fresh.space.widest)
    let most = space.variables.map(\.choices.count).max() ?? 1
    let singles = (0..<most).flatMap { choice in
      space.variables.indices.filter { choice < widest[$0] }.map { widest.with($0, choice) }
    }
    var points = Array(fresh.takeAny(references).prefix(left))
    let singlesAllowed = ([widest] + singles).filter { fresh.contains($0) }.prefix(max(0, left / 2 - points.count))
    points += fresh.take(Array(singlesAllowed))
    points += fresh.takeDrawn(min(left, Self.batch) - points.count, using: &random)
    return points
  }

  // MARK: Model

  private struct Model {
    let prior: AdditivePrior
    let offset: Double
    let process: GaussianProcess
    let space: Space

    /// Of the logarithm of the loss.
    func lowerBound(at point: Point) -> Double {
      let (mean, deviation) = process.prediction(at: space.logarithms(of: point))
      return prior.logLoss(at: point) + offset + mean - BayesianSearch.beta * deviation
    }
  }

  private func model() -> Model {
    let space = fresh.space
    let prior = AdditivePrior(space, known: known.map { ($0.point, $0.outcome.loss) })
    let residuals = known.map { $0.outcome.logLoss - prior.logLoss(at: $0.point) }
    let offset = residuals.reduce(0, +) / Double(residuals.count)
    let diameter = Double(space.variables.count).squareRoot()
    let process = GaussianProcess(
      inputs: known.map { space.logarithms(of: $0.point) }, values: residuals.map { $0 - offset },
      lengths: [0.25, 0.5, 1, 2, 4].map { $0 * diameter })
    return Model(prior: prior, offset: offset, process: process, space: space)
  }

  // MARK: Acquisition

  private mutating func acquisitions() -> [Point] {
    guard !known.isEmpty, left > 0 else { return [] }
    let model = model()
    let limit = logLossAtLimit
    var points: [Point] = []
    for place in 0..<min(Self.batch, left) {
      let weight = (Double(place) + Double.random(in: 0..<1, using: &random)) / Double(Self.batch)
      let compromise = Scalarization(weight: weight, over: known.map { ($0.cost, $0.outcome.logLoss) })
      // Within a limit of the drop the cheapest is wanted, whatever the weight.
      func rank(cost: Double, logLoss: Double) -> (Double, Double) {
        limit.map { (max(0, logLoss - $0), cost) } ?? (0, compromise(cost: cost, logLoss: logLoss))
      }
      let candidates = candidates { rank(cost: $0.cost, logLoss: $0.outcome.logLoss) }
      let ranks = candidates.map { rank(cost: fresh.goal.cost.value(at: $0), logLoss: model.lowerBound(at: $0)) }
      guard let best = candidates.indices.min(by: { ranks[$0] < ranks[$1] }) else { break }
      points += fresh.take([candidates[best]])
    }
    return points
  }

  /// Drawn points, and changes of one to three variables of the best known.
  private mutating func candidates(rank: (Known) -> (Double, Double)) -> [Point] {
    let ranks = known.map(rank)
    let order = known.indices.sorted { (ranks[$0].0, ranks[$0].1, $0) < (ranks[$1].0, ranks[$1].1, $1) }
    var points: [Point] = []
    for place in order.prefix(Self.starts) {
      for _ in 0..<Self.changes { points.append(changed(known[place].point)) }
    }
    for _ in 0..<Self.draws { points += fresh.draw(using: &random).map { [$0] } ?? [] }
    return points.filter { fresh.contains($0) }
  }

  private mutating func changed(_ point: Point) -> Point {
    var point = point
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let variable = Int.random(in: point.choices.indices, using: &random)
      point[variable] = Int.random(in: fresh.space.variables[variable].choices.indices, using: &random)
    }
    return point
  }

  /// Between the largest loss of a point within the limit of the drop and the smallest of one beyond.
  private var logLossAtLimit: Double? {
    guard fresh.goal.mostDrop != nil else { return nil }
    let within = known.filter { fresh.goal.violation($0.outcome) == 0 }.map(\.outcome.logLoss).max()
    let beyond = known.filter { fresh.goal.violation($0.outcome) > 0 }.map(\.outcome.logLoss).min()
    switch (within, beyond) {
    case (let within?, let beyond?): return (within + beyond) / 2
    case (let limit, nil), (nil, let limit): return limit
    }
  }
}

extension Space {
  /// Of the widths of a point, to base 2.
  fileprivate func logarithms(of point: Point) -> [Double] {
    values(of: point).map { ElementaryMath.logarithm(Double($0)) / ElementaryMath.logarithm(2.0) }
  }
}

/// A loss as the sum of what each choice costs alone.
private struct AdditivePrior {
  private let floor: Double
  private let function: SeparableFunction

  /// What was measured where one variable alone is not widest. The rest as quantization noise has it, four times as much for
  /// each bit less (Bennett 1948): after the variable's nearest measured choice, or where it has none after what the others
  /// have in the middle.
  init(_ space: Space, known: [(point: Point, loss: Double)]) {
    let widest = space.widest
    let floor = known.first { $0.point == widest }?.loss ?? 0
    func noise(_ bits: Int) -> Double { ElementaryMath.exponential2(-2 * Double(bits)) }
    // By variable, the choices that were measured.
    var measured = space.variables.map { _ in [(bits: Int, loss: Double)]() }
    for (point, loss) in known {
      let changed = point.choices.indices.filter { point[$0] != widest[$0] }
      guard changed.count == 1 else { continue }
      measured[changed[0]].append((space.variables[changed[0]].choices[point[changed[0]]], max(0, loss - floor)))
    }
    let scales = measured.joined().map { $0.loss / noise($0.bits) }.sorted()
    let middle = scales.isEmpty ? 1 : scales[scales.count / 2]
    self.floor = floor
    function = SeparableFunction(
      space.variables.indices.map { variable in
        SeparableFunction.Term([variable], in: space) { choices in
          guard choices[0] != widest[variable] else { return 0 }
          let bits = space.variables[variable].choices[choices[0]]
          let nearest = measured[variable].min { (abs($0.bits - bits), $0.bits) < (abs($1.bits - bits), $1.bits) }
          return nearest.map { $0.loss * noise(bits) / noise($0.bits) } ?? middle * noise(bits)
        }
      })
  }

  func logLoss(at point: Point) -> Double {
    Outcome(loss: floor + function.value(at: point), drop: 0).logLoss
  }
}

import Exploration

/// What the page of a search shows beside its report: how the search went, and what lies around the chosen network.
package struct SearchDetails: Sendable {
  /// What changing one variable of the chosen network does.
  package struct Change: Sendable, Hashable {
    /// Of what is minimized.
    package var cost: Double
    /// As networks have it in which the variable alone is changed; nil where none were judged.
    package var loss: Double?
  }

  /// What the losses of single changes add up to, and what was judged.
  package struct Prediction: Sendable, Hashable {
    package var predicted: Double
    package var exact: Double
  }

  /// Those that were judged on all samples, in their order.
  package let trials: [Trial]
  /// By trial; nil without scores.
  package let scores: [Double]?
  package let variables: [Space.Variable]
  /// Widths by variable, the cheapest network first.
  package let front: [[Int]]
  package let chosen: [Int]?
  /// By variable and width; nothing of the chosen network's own width.
  package let changes: [[Int: Change]]
  package let predictions: [Prediction]

  /// - Parameters:
  ///   - references: points from which a search narrows widths.
  ///   - cost: of what is minimized.
  package init(
    _ trials: [Trial], choice: TrialChoice, front: [Trial], chosen: Trial?, space: Space, references: [Point],
    cost: SeparableFunction
  ) {
    self.trials = trials
    scores = choice.score.map { score in trials.map(score.value) }
    variables = space.variables
    self.front = front.map(\.widths)
    self.chosen = chosen?.widths
    let quick = trials.filter { !$0.isThorough }
    let singles = SingleChanges(quick, in: space, bases: references)
    changes =
      chosen.flatMap { space.point(of: $0.widths) }.map { point in
        let now = cost.value(at: point)
        return space.variables.indices.map { variable in
          let others = space.variables[variable].choices.indices.filter { $0 != point[variable] }
          return Dictionary(
            uniqueKeysWithValues: others.map { other in
              (
                space.variables[variable].choices[other],
                Change(
                  cost: cost.value(at: point.with(variable, other)) - now,
                  loss: singles?.change(of: variable, from: point[variable], to: other))
              )
            })
        }
      } ?? []
    predictions = quick.compactMap { trial in
      space.point(of: trial.widths).flatMap { singles?.loss(at: $0) }.map {
        Prediction(predicted: $0, exact: trial.verdict.loss)
      }
    }
  }
}

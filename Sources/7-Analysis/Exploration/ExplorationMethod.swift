/// What is to be evaluated: a point, on some or all of the samples.
package struct Request: Sendable, Hashable {
  package var point: Point
  /// The part of the samples that judge, above 0 and up to 1.
  package var share: Double

  package init(_ point: Point, share: Double = 1) {
    self.point = point
    self.share = share
  }
}

/// What an evaluation found.
package struct Outcome: Sendable, Hashable {
  /// How far the network's results are from the float network's: smooth, and smaller is better.
  package var loss: Double
  /// What limits are about, the metric's fall or the part of samples that do not agree: smaller is better.
  package var drop: Double

  package init(loss: Double, drop: Double) {
    self.loss = loss
    self.drop = drop
  }
}

/// What a search is for.
package struct Goal: Sendable {
  /// What a point costs: known before anything is evaluated.
  package var cost: SeparableFunction
  /// Of the drop; nil: the whole front is wanted.
  package var mostDrop: Double?
  /// Of the cost.
  package var mostCost: Double?

  package init(cost: SeparableFunction, mostDrop: Double? = nil, mostCost: Double? = nil) {
    self.cost = cost
    self.mostDrop = mostDrop
    self.mostCost = mostCost
  }
}

/// A way through a space: it asks for points and is told what they come to, by turns. What it asks depends on what it was told
/// alone, never on who evaluated when, so that any number of workers finds the same.
package protocol ExplorationMethod: Sendable {
  /// What to evaluate next, all of it before anything is told, in order; nothing asked before; empty: the end.
  mutating func ask() -> [Request]

  /// - Parameter outcomes: one per request of the last batch, in its order.
  mutating func tell(_ outcomes: [Outcome])
}

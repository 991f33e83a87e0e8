/// What a search decides: variables with a few choices each.
package struct Space: Sendable, Hashable {
  package struct Variable: Sendable, Hashable {
    package var name: String
    /// Ascending; in a search over widths, bits.
    package var choices: [Int]

    package init(_ name: String, _ choices: [Int]) {
      self.name = name
      self.choices = choices
    }
  }

  package var variables: [Variable]

  package init(_ variables: [Variable]) { self.variables = variables }

  /// How many points there are; infinite where that is no number.
  package var size: Double { variables.reduce(1) { $0 * Double($1.choices.count) } }

  /// The last choice of every variable.
  package var widest: Point { Point(variables.map { $0.choices.count - 1 }) }

  /// The widest choices up to a number; where a variable has none, its first.
  package func flat(_ most: Int) -> Point {
    Point(variables.map { variable in variable.choices.lastIndex { $0 <= most } ?? 0 })
  }

  /// What a point has chosen, by variable.
  package func values(of point: Point) -> [Int] { zip(variables, point.choices).map { $0.choices[$1] } }

  /// The point that has chosen these; nil where they are no choices.
  package func point(of values: [Int]) -> Point? {
    let choices = zip(variables, values).compactMap { $0.choices.firstIndex(of: $1) }
    return choices.count == variables.count && values.count == variables.count ? Point(choices) : nil
  }

  package func contains(_ point: Point) -> Bool {
    point.choices.count == variables.count
      && zip(variables, point.choices).allSatisfy { $0.choices.indices.contains($1) }
  }
}

/// A choice for every variable of a space, by its place among the variable's choices.
package struct Point: Sendable, Hashable, Comparable {
  package var choices: [Int]

  package init(_ choices: [Int]) { self.choices = choices }

  package subscript(variable: Int) -> Int {
    get { choices[variable] }
    set { choices[variable] = newValue }
  }

  package func with(_ variable: Int, _ choice: Int) -> Point {
    var point = self
    point[variable] = choice
    return point
  }

  /// In the order of their choices, the first variable's first.
  package static func < (left: Point, right: Point) -> Bool { left.choices.lexicographicallyPrecedes(right.choices) }
}

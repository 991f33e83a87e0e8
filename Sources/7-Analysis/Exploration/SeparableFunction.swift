/// A sum of terms over few variables each: what a cost is over a network's widths, and what a loss nearly is.
package struct SeparableFunction: Sendable {
  /// A number for each combination of some variables' choices.
  package struct Term: Sendable {
    /// Variables of the space, ascending.
    package let scope: [Int]
    /// The last variable's choice fastest.
    package var values: [Double]
    private let strides: [Int]

    /// - Parameter value: of the choices of the variables in `scope`.
    package init(_ scope: [Int], in space: Space, _ value: ([Int]) throws -> Double) rethrows {
      self.scope = scope
      let counts = scope.map { space.variables[$0].choices.count }
      strides = counts.indices.map { counts[($0 + 1)...].reduce(1, *) }
      values = []
      for index in 0..<counts.reduce(1, *) {
        values.append(try value(zip(counts, strides).map { index / $1 % $0 }))
      }
    }

    package func value(at point: Point) -> Double {
      values[zip(scope, strides).reduce(0) { $0 + point[$1.0] * $1.1 }]
    }
  }

  package var terms: [Term]

  package init(_ terms: [Term] = []) { self.terms = terms }

  package func value(at point: Point) -> Double { terms.reduce(0) { $0 + $1.value(at: point) } }
}

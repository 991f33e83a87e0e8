import Diagnostics

/// Numbers in row-major order with a shape. Integers are exact: what a double cannot hold is refused when it is read.
package struct NumericArray: Hashable, Sendable {
  package let shape: [Int]
  package let values: [Double]

  /// - Precondition: there are as many values as the shape says.
  package init(shape: [Int], values: [Double]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
    self.shape = shape
    self.values = values
  }
}

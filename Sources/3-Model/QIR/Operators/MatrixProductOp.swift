import Diagnostics
import Numbers
import Text

/// Products of matrices: y[…, i, j] = sum over k of a[…, i, k] b[…, k, j], or b[…, j, k] where the second ones are transposed (ONNX
/// `MatMul` of two tensors that the network computes). Both have the same axes in front of the last two.
package struct MatrixProductOp: Operator {
  package static let mnemonic = "matrix_product"
  package static let kerasClass = "Dot"
  /// How many products an element sums up: the columns of the first matrices.
  package var terms: Int
  package var transposesSecond: Bool

  package init(terms: Int, transposesSecond: Bool = false) {
    self.terms = terms
    self.transposesSecond = transposesSecond
  }

  package var kind: OperatorKind { .matrixProduct(self) }
  package var productsPerElement: Int { terms }
  package var caption: Caption? { .title("\(terms) terms") }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    guard inputs.count == 2, inputs.allSatisfy({ $0.rank >= 2 }),
      inputs[0].extents.dropLast(2) == inputs[1].extents.dropLast(2), inputs[0].channels == terms,
      inputs[1].extents.suffix(2)[inputs[1].rank - (transposesSecond ? 1 : 2)] == terms
    else {
      throw Diagnostic(
        "a product of matrices of shapes \(inputs.map(\.description).joined(separator: ", ")) over \(terms) terms",
        at: location,
        supported: "two tensors with the same axes in front, and as many columns in the first as rows in the second")
    }
    return Shape(inputs[0].extents.dropLast() + [columns(of: inputs[1])])
  }

  /// Of the result, where `second` is the shape of the second matrices.
  private func columns(of second: Shape) -> Int { second.extents[second.rank - (transposesSecond ? 2 : 1)] }

  package func evaluate(_ operands: Operands) -> [Double] {
    var result = [Double](repeating: 0, count: operands.resultShape.elements)
    for element in result.indices {
      for (first, second) in pairs(of: element, operands.shapes) {
        result[element] += operands.inputs[0][first] * operands.inputs[1][second]
      }
    }
    return result
  }

  /// The elements of both whose products an element of the result sums up.
  private func pairs(of element: Int, _ shapes: [Shape]) -> [(first: Int, second: Int)] {
    let columns = columns(of: shapes[1])
    let (row, column) = element.quotientAndRemainder(dividingBy: columns)
    let matrix = row / shapes[0].extents[shapes[0].rank - 2] * terms * columns
    return (0..<terms).map { term in
      (row * terms + term, matrix + (transposesSecond ? column * terms + term : term * columns + column))
    }
  }

  /// Each product is rounded once, and goes through at most as many additions as there are.
  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    (0..<operands.resultShape.elements).map { element in
      let pairs = pairs(of: element, operands.shapes)
      let rounding = arithmetic.roundings(pairs.count + 1)
      return pairs.reduce(0) { bound, pair in
        let (first, second) = (abs(operands.inputs[0][pair.first]), abs(operands.inputs[1][pair.second]))
        let (error, other) = (errors[0][pair.first], errors[1][pair.second])
        return bound + first * other + error * (second + other) + rounding * (first + error) * (second + other)
      }
    }
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    pairs(of: element, operands.shapes).reduce(.zero) { sum, pair in
      guard let sum, let first = operands.value(0, pair.first), let second = operands.value(1, pair.second) else {
        return nil
      }
      return sum + first * second
    }
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    MultiplyOp.combine(inputs[0], inputs[1]).flatMap {
      ClosedRange(spanning: [$0.lowerBound * Double(terms), $0.upperBound * Double(terms)])
    }
  }

  package func write(to writer: inout AttributeWriter) {
    writer.write("terms", terms)
    if transposesSecond { writer.write("second", word: "transposed") }
  }

  package init(_ reader: inout AttributeReader) throws {
    self.init(
      terms: try reader.read("terms"),
      transposesSecond: try reader.readWordIfPresent("second", of: ["transposed"]) != nil)
  }
}

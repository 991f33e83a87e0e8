import Diagnostics
import Numbers
import Quantization
import Text

/// Functions of one real number, applied one after another to every element (Keras `ReLU`, `Activation`).
package struct ElementwiseOp: Operator {
  package static let mnemonic = "elementwise"
  package static let kerasClass = "ReLU"
  package var functions: [RealFunction]

  package init(_ functions: [RealFunction]) {
    self.functions = functions
  }

  package var kind: OperatorKind { .elementwise(self) }
  package var caption: Caption? { .line(functions.map(\.word).joined(separator: ", ")) }
  package func changesNothing(in inputs: [Shape]) -> Bool { functions.isEmpty }

  package var motion: Motion {
    .function(
      ElementFunction(
        isUniform: true, isIncreasing: functions.allSatisfy(\.isIncreasing),
        mapsZeroToZero: functions.reduce(0) { $1($0) } == 0))
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try oneInput(inputs, at: location)
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    functions.map(\.compiled).reduce(operands.inputs[0]) { values, function in function(values) }
  }

  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    var (values, errors) = (operands.inputs[0], errors[0])
    for function in functions { RoundedFunction(function).apply(to: &values, errors: &errors, in: arithmetic) }
    return errors
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    functions.reduce(operands.value(0, element)) { value, function in value.flatMap { function($0) } }
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    functions.reduce(ClosedRange(spanning: inputs.flatMap { [$0.lowerBound, $0.upperBound] })) { range, function in
      range.flatMap { range in
        let turns = function.turningPoints.map(\.lowerBound.double).filter(range.contains)
        return ClosedRange(spanning: ([range.lowerBound, range.upperBound] + turns).map { function($0) })
      }
    }
  }

  package func write(to writer: inout AttributeWriter) { writer.write("functions", functions) }

  package init(_ reader: inout AttributeReader) throws { self.init(try reader.read("functions")) }
}

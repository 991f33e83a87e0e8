import Diagnostics
import QIR

/// What the host makes of an output's values, in float: operators of the model one after another. Their meaning is their own:
/// `Operator.evaluate`.
package struct HostTail: Sendable {
  package struct Stage: Sendable {
    package var step: HostStep
    package var input: Shape
    package var result: Shape
  }

  /// Of the codes' values, as the model has them.
  package let shape: Shape
  package private(set) var stages: [Stage] = []

  package init(shape: Shape) {
    self.shape = shape
  }

  package var resultShape: Shape { stages.last?.result ?? shape }

  /// - Throws: `Diagnostic` where the operator does not fit what comes before it.
  package mutating func append(_ step: HostStep, at location: Diagnostic.Location) throws {
    let result = try step.op.resultShape(of: [resultShape], at: location)
    stages.append(Stage(step: step, input: resultShape, result: result))
  }

  /// The output's numbers from the values of its codes.
  package func evaluate(_ values: [Double]) -> [Double] {
    stages.reduce(values) { $1.step.op.evaluate($1.operands($0)) }
  }

  /// The same, and how far another program's floats may be from them where the values of the codes are off by `errors`.
  package func evaluate(_ values: [Double], errors: [Double]) -> (values: [Double], errors: [Double]) {
    stages.reduce((values, errors)) { last, stage in
      let operands = stage.operands(last.0)
      return (stage.step.op.evaluate(operands), stage.step.op.roundingError(operands, errors: [last.1], in: .single))
    }
  }
}

extension HostTail.Stage {
  fileprivate func operands(_ values: [Double]) -> Operands {
    Operands(
      inputs: [values], shapes: [input], resultShape: result, constants: step.op.parameters.map(\.parameter.values))
  }
}

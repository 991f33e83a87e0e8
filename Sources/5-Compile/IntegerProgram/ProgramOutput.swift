import Diagnostics
import QIR

/// What the program hands out as an output of the model: codes, and how the host makes the model's numbers of them. Outputs may
/// share a tensor.
package struct ProgramOutput: Hashable, Sendable {
  /// As the model names it; unique among the program's outputs.
  package var name: String
  package var tensor: TensorID
  /// What the codes mean here.
  package var encoding: Encoding
  /// nil where the values of the codes are the model's numbers.
  package var tail: HostTail?

  package init(name: String, tensor: TensorID, encoding: Encoding, tail: HostTail? = nil) {
    self.name = name
    self.tensor = tensor
    self.encoding = encoding
    self.tail = tail
  }

  /// The model's numbers from the codes.
  package func values(of codes: [Int64]) -> [Double] {
    let values = encoding.values(of: codes)
    return tail?.evaluate(values) ?? values
  }

  /// The same, and how far another program's floats may be from them.
  package func boundedValues(of codes: [Int64]) -> (values: [Double], errors: [Double]) {
    let (values, errors) = (encoding.values(of: codes), encoding.float64Errors(of: codes))
    return tail?.evaluate(values, errors: errors) ?? (values, errors)
  }
}

extension IntegerProgram {
  /// A tensor handed out as it is.
  package func output(_ tensor: TensorID) -> ProgramOutput {
    ProgramOutput(name: self[tensor].name, tensor: tensor, encoding: self[tensor].encoding)
  }

  /// How many numbers an output has.
  package func valueCount(of output: ProgramOutput) -> Int {
    output.tail?.resultShape.elements ?? self[output.tensor].shape.elements
  }
}

extension Encoding {
  /// The values of codes of all channels, channels innermost.
  package func values(of codes: [Int64]) -> [Double] {
    let channels = max(scales.count, offsets.count)
    return codes.indices.map { value(of: codes[$0], channel: $0 % channels) }
  }

  /// How far from them other double arithmetic may be: scale x (code - zero point) + offset has three roundings of 2^-53, or
  /// two where product and sum are one operation.
  package func float64Errors(of codes: [Int64]) -> [Double] {
    let channels = max(scales.count, offsets.count)
    return codes.indices.map { index in
      let channel = index % channels
      return 0x1p-51 * (abs(scales[channel] * Double(codes[index] - zeroPoint)) + abs(offsets[channel]))
    }
  }
}

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

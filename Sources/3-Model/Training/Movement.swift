import CValueKernels
import FloatEngine
import QIR

/// Where the elements of an operator's result come from that moves elements, and surrounds them with zeros, and does nothing
/// else.
struct Movement: Sendable {
  private let inputs: [Shape]
  private let result: Shape
  /// By element of the result: which one it is of the inputs' elements, counted through all inputs; -1 is a zero. None where they
  /// keep their order.
  private let sources: [Int]

  /// nil where the operator does something else, or chooses by what the elements are.
  init?(_ node: Node, from inputs: [Shape]) {
    switch node.op.motion {
    case .keepsOrder: sources = []
    case .permutes, .selects, .concatenates, .surroundsWithZeros:
      var count = 0
      let numbers = inputs.map { shape in
        defer { count += shape.elements }
        return (count + 1..<count + 1 + shape.elements).map(Double.init)
      }
      let operands = Operands(inputs: numbers, shapes: inputs, resultShape: node.shape, constants: [])
      sources = node.op.evaluate(operands).map { Int($0) - 1 }
    case .function, .combines, .selectsLargest, .mixes: return nil
    }
    self.inputs = inputs
    result = node.shape
  }

  func callAsFunction(_ batches: [Batch]) -> Batch {
    if sources.isEmpty { return Batch(shape: result, values: batches[0].values) }
    let places = places
    return Batch(shape: result, samples: batches[0].samples) { values in
      for sample in 0..<batches[0].samples {
        let to = values + sample * result.elements
        for (element, source) in sources.enumerated() {
          guard source >= 0 else {
            to[element] = 0
            continue
          }
          let (input, place) = places[source]
          to[element] = batches[input].values[sample * inputs[input].elements + place]
        }
      }
    }
  }

  /// Gradients go back to where the elements came from.
  func inputGradients(from gradient: Batch) -> [Batch] {
    if sources.isEmpty { return [Batch(shape: inputs[0], values: gradient.values)] }
    let places = places
    var gradients = inputs.map { [Float](repeating: 0, count: gradient.samples * $0.elements) }
    for sample in 0..<gradient.samples {
      for (element, source) in sources.enumerated() where source >= 0 {
        let (input, place) = places[source]
        gradients[input][sample * inputs[input].elements + place] += gradient.values[sample * result.elements + element]
      }
    }
    return zip(inputs, gradients).map { Batch(shape: $0, values: $1) }
  }

  /// By element of all inputs: its input, and its number there.
  private var places: [(input: Int, place: Int)] {
    inputs.enumerated().flatMap { input, shape in (0..<shape.elements).map { (input, $0) } }
  }
}

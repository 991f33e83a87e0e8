import Diagnostics
import Text

/// Rows and columns of zeros around a feature map (Keras `ZeroPadding2D`).
package struct PadOp: MovingOperator {
  package static let mnemonic = "pad"
  package static let kerasClass = "ZeroPadding2D"
  package var padding: Padding

  package init(padding: Padding) {
    self.padding = padding
  }

  package var kind: OperatorKind { .pad(self) }
  package var motion: Motion { .surroundsWithZeros }
  package func changesNothing(in inputs: [Shape]) -> Bool { padding.isNone }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, ranks: 3...3, at: location)
    let sides = [padding.top, padding.bottom, padding.left, padding.right]
    try require(
      sides.allSatisfy { (0...65536).contains($0) }, "padding of \(sides)", at: location,
      supported: "0 to 65536 rows and columns on each side")
    return Shape([
      input.extents[0] + padding.top + padding.bottom, input.extents[1] + padding.left + padding.right, input.channels,
    ])
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    let (input, output) = (operands.shapes[0].extents, operands.resultShape.extents)
    var result = [Double](repeating: 0, count: operands.resultShape.elements)
    let run = input[1] * input[2]
    for row in 0..<input[0] {
      let start = ((row + padding.top) * output[1] + padding.left) * input[2]
      result.replaceSubrange(start..<(start + run), with: operands.inputs[0][(row * run)..<((row + 1) * run)])
    }
    return result
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    ClosedRange(hullOf: inputs + [0...0])
  }

  package func write(to writer: inout AttributeWriter) { writer.write("padding", padding) }

  package init(_ reader: inout AttributeReader) throws { self.init(padding: try reader.read("padding")) }
}

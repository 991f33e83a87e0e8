import CValueKernels
import Diagnostics
import Text

/// y[o] = bias[o] + sum over i of x[i] kernel[i, o], along the last axis (Keras `Dense`).
package struct DenseOp: LinearOperator {
  package static let mnemonic = "dense"
  package static let kerasClass = "Dense"
  /// Inputs x outputs.
  package var kernel: Parameter
  package var bias: Parameter?

  package init(kernel: Parameter, bias: Parameter?) {
    self.kernel = kernel
    self.bias = bias
  }

  package var kind: OperatorKind { .dense(self) }
  package var outputChannels: Int { kernel.shape[1] }
  package var padding: Padding { .none }
  package var productsPerElement: Int { kernel.shape[0] }
  package var caption: Caption? { .title("\(kernel.shape[0]) to \(kernel.shape[1])") }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, ranks: 1...Shape.ranks.upperBound, at: location)
    try require(
      kernel.shape.count == 2 && kernel.shape[0] == input.channels && kernel.shape[1] > 0,
      "a kernel of shape \(kernel.shape) over a tensor of shape \(input)", at: location,
      supported: "[\(input.channels), units]")
    try checkBias(at: location)
    return Shape(input.extents.dropLast() + [kernel.shape[1]])
  }

  /// Every row of inputs is a pixel.
  package func geometry(from input: Shape, to output: Shape) -> qcc_conv_geometry {
    let rows = input.elements / input.channels
    return Window(size: .one).geometry(
      from: Shape([1, rows, input.channels]), to: Shape([1, rows, outputChannels]), groups: 1)
  }

  package func taps(of element: Int, _ operands: ExactOperands) -> [(weight: Int, input: Int)] {
    let (row, output) = element.quotientAndRemainder(dividingBy: outputChannels)
    return (0..<productsPerElement).map { ($0 * outputChannels + output, row * productsPerElement + $0) }
  }

  package func write(to writer: inout AttributeWriter) {
    writer.write("kernel", kernel)
    writer.write("bias", bias)
  }

  package init(_ reader: inout AttributeReader) throws {
    self.init(kernel: try reader.readParameter("kernel"), bias: try reader.readParameterIfPresent("bias"))
  }
}

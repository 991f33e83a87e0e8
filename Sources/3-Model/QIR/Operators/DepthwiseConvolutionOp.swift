import CValueKernels
import Diagnostics
import Numbers
import Text

/// y[c m + j] = bias[c m + j] + sum over taps of x[c] kernel[tap, c, j], m the channel multiplier
/// (Keras `DepthwiseConv2D`).
package struct DepthwiseConvolutionOp: LinearOperator {
  package static let mnemonic = "depthwise_conv2d"
  package static let kerasClass = "DepthwiseConv2D"
  /// Kernel rows x kernel columns x input channels x channel multiplier.
  package var kernel: Parameter
  package var bias: Parameter?
  package var window: Window
  package var takesAccumulators: Bool

  package init(kernel: Parameter, bias: Parameter?, window: Window, takesAccumulators: Bool = false) {
    self.kernel = kernel
    self.bias = bias
    self.window = window
    self.takesAccumulators = takesAccumulators
  }

  package var kind: OperatorKind { .depthwiseConvolution(self) }
  package var outputChannels: Int { kernel.shape[2] * kernel.shape[3] }
  package var padding: Padding { window.padding }
  package var productsPerElement: Int { window.size.area }
  package var caption: Caption? { .title(window.words) }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, ranks: 3...3, at: location)
    let shape = kernel.shape
    try require(
      shape.count == 4 && shape[0] == window.size.rows && shape[1] == window.size.columns && shape[2] == input.channels
        && shape[3] > 0, "a depthwise kernel of shape \(shape) over a feature map of shape \(input)", at: location,
      supported: "[rows, columns, input channels, channel multiplier]")
    try checkBias(at: location)
    let positions = try window.positions(over: input, at: location)
    return Shape([positions.rows, positions.columns, shape[2] * shape[3]])
  }

  package func geometry(from input: Shape, to output: Shape) -> qcc_conv_geometry {
    window.geometry(from: input, to: output, groups: kernel.shape[2])
  }

  package func taps(of element: Int, _ operands: ExactOperands) -> [(weight: Int, input: Int)] {
    window.taps(of: element, operands, groups: kernel.shape[2])
  }

  package func write(to writer: inout AttributeWriter) {
    writer.write("kernel", kernel)
    writer.write("bias", bias)
    writer.write(window)
    if takesAccumulators { writer.write("takes", word: "accumulators") }
  }

  package init(_ reader: inout AttributeReader) throws {
    let kernel = try reader.readParameter("kernel")
    self.init(
      kernel: kernel, bias: try reader.readParameterIfPresent("bias"),
      window: try reader.readWindow(size: Extents(kernel: kernel, at: reader.location)),
      takesAccumulators: try reader.readWordIfPresent("takes", of: ["accumulators"]) != nil)
  }
}

import CValueKernels
import Diagnostics
import Numbers
import Text

/// y[o] = bias[o] + sum over taps and input channels of x kernel[tap, i, o]; taps outside the feature map read 0
/// (Keras `Conv2D`; `Conv1D` is one with a single row).
package struct ConvolutionOp: LinearOperator {
  package static let mnemonic = "conv2d"
  package static let kerasClass = "Conv2D"
  /// Kernel rows x kernel columns x input channels per group x output channels (HWIO).
  package var kernel: Parameter
  /// One per output channel.
  package var bias: Parameter?
  /// Its size is the kernel's.
  package var window: Window
  package var groups: Int
  /// Whether the input may be an exact accumulator instead of a quantized feature map: the second half of a separable
  /// convolution.
  package var takesAccumulators: Bool

  package init(kernel: Parameter, bias: Parameter?, window: Window, groups: Int = 1, takesAccumulators: Bool = false) {
    self.kernel = kernel
    self.bias = bias
    self.window = window
    self.groups = groups
    self.takesAccumulators = takesAccumulators
  }

  package var kind: OperatorKind { .convolution(self) }
  package var outputChannels: Int { kernel.shape[3] }
  package var padding: Padding { window.padding }
  package var productsPerElement: Int { kernel.shape[..<3].reduce(1, *) }
  package var caption: Caption? { .title(window.words + (groups > 1 ? ", \(groups) groups" : "")) }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, ranks: 3...3, at: location)
    let shape = kernel.shape
    try require(
      shape.count == 4 && shape[0] == window.size.rows && shape[1] == window.size.columns && groups > 0
        && shape[2] * groups == input.channels && shape[3] > 0 && shape[3] % groups == 0,
      "a kernel of shape \(shape) in \(groups) groups over a feature map of shape \(input)", at: location,
      supported: "[rows, columns, input channels / groups, output channels], output channels a multiple of groups")
    try checkBias(at: location)
    let positions = try window.positions(over: input, at: location)
    return Shape([positions.rows, positions.columns, shape[3]])
  }

  package func geometry(from input: Shape, to output: Shape) -> qcc_conv_geometry {
    window.geometry(from: input, to: output, groups: groups)
  }

  package func taps(of element: Int, _ operands: ExactOperands) -> [(weight: Int, input: Int)] {
    window.taps(of: element, operands, groups: groups)
  }

  package func write(to writer: inout AttributeWriter) {
    writer.write("kernel", kernel)
    writer.write("bias", bias)
    writer.write(window)
    writer.write("groups", groups, unless: 1)
    if takesAccumulators { writer.write("takes", word: "accumulators") }
  }

  package init(_ reader: inout AttributeReader) throws {
    let kernel = try reader.readParameter("kernel")
    self.init(
      kernel: kernel, bias: try reader.readParameterIfPresent("bias"),
      window: try reader.readWindow(size: Extents(kernel: kernel, at: reader.location)),
      groups: try reader.read("groups", default: 1),
      takesAccumulators: try reader.readWordIfPresent("takes", of: ["accumulators"]) != nil)
  }
}

extension Extents {
  /// The window that a kernel of shape [rows, columns, …] covers.
  init(kernel: Parameter, at location: Diagnostic.Location) throws {
    try require(kernel.shape.count == 4, "a kernel of shape \(kernel.shape)", at: location, supported: "four axes")
    self.init(rows: kernel.shape[0], columns: kernel.shape[1])
  }
}

import CValueKernels

/// The numbers that an operator is evaluated on, of one sample: flattened, last axis fastest.
package struct Operands: Sendable {
  package var inputs: [[Double]]
  package let shapes: [Shape]
  /// Of the result.
  package let resultShape: Shape
  /// The operator's parameters in their order.
  package let constants: [[Double]]

  package init(inputs: [[Double]], shapes: [Shape], resultShape: Shape, constants: [[Double]]) {
    self.inputs = inputs
    self.shapes = shapes
    self.resultShape = resultShape
    self.constants = constants
  }

  /// The same operator's other inputs.
  func with(inputs: [[Double]]) -> Operands {
    var operands = self
    operands.inputs = inputs
    return operands
  }

  /// For the kernels in C.
  func geometry(_ window: Window, groups: Int) -> qcc_conv_geometry {
    let (input, output) = (shapes[0].extents, resultShape.extents)
    return qcc_conv_geometry(
      in_height: Int32(input[0]), in_width: Int32(input[1]), in_channels: Int32(input[2]),
      out_height: Int32(output[0]), out_width: Int32(output[1]), out_channels: Int32(output[2]),
      kernel_height: Int32(window.size.rows), kernel_width: Int32(window.size.columns),
      stride_height: Int32(window.stride.rows), stride_width: Int32(window.stride.columns),
      dilation_height: Int32(window.dilation.rows), dilation_width: Int32(window.dilation.columns),
      pad_top: Int32(window.padding.top), pad_left: Int32(window.padding.left), groups: Int32(groups))
  }
}

import Diagnostics
import Text

/// y[o] = bias[o] + sum over i of x[i] kernel[i, o], along the last axis (Keras `Dense`).
package struct DenseOp: Operator {
  package static let mnemonic = "dense"
  /// Inputs x outputs.
  package var kernel: Parameter
  package var bias: Parameter?

  package init(kernel: Parameter, bias: Parameter?) {
    self.kernel = kernel
    self.bias = bias
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, ranks: 1...Shape.ranks.upperBound, at: location)
    guard kernel.shape.count == 2, kernel.shape[0] == input.channels, kernel.shape[1] > 0 else {
      throw Diagnostic(
        "a kernel of shape \(kernel.shape) over a tensor of shape \(input)", at: location,
        supported: "[\(input.channels), units]")
    }
    try checkBias(bias, channels: kernel.shape[1], at: location)
    return Shape(input.extents.dropLast() + [kernel.shape[1]])
  }

  package var parameters: [(name: String, parameter: Parameter)] {
    [("kernel", kernel)] + (bias.map { [("bias", $0)] } ?? [])
  }
}

extension DenseOp {
  package func write(to writer: inout AttributeWriter) {
    writer.write("kernel", kernel)
    writer.write("bias", bias)
  }

  init(_ reader: inout AttributeReader) throws {
    self.init(kernel: try reader.readParameter("kernel"), bias: try reader.readParameterIfPresent("bias"))
  }
}

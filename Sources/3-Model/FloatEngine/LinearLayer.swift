import CValueKernels
import QIR

/// A linear operator between two shapes as the kernels in C see it: a convolution in groups.
package struct LinearLayer: Sendable {
  /// Over one sample.
  package let geometry: qcc_conv_geometry

  /// nil where the operator is none.
  package init?(_ op: any Operator, from input: Shape, to output: Shape) {
    guard let op = op as? any LinearOperator else { return nil }
    geometry = op.geometry(from: input, to: output)
  }

  package var groups: Int { Int(geometry.groups) }
  /// Of a group.
  package var outputs: Int { Int(geometry.out_channels / geometry.groups) }
  /// How many products an output sums up.
  package var terms: Int {
    Int(geometry.kernel_height * geometry.kernel_width * geometry.in_channels / geometry.groups)
  }

  /// The layer of many samples; weights as HWIO, which is how all linear operators keep them.
  package func callAsFunction(_ input: Batch, weights: [Float], bias: [Float]?, to output: Shape) -> Batch {
    var geometry = geometry
    return Batch(shape: output, samples: input.samples) { result in
      let isDone =
        if let bias {
          qcc_f32_conv2d(&geometry, input.samples, input.values, weights, bias, result)
        } else {
          qcc_f32_conv2d(&geometry, input.samples, input.values, weights, nil, result)
        }
      precondition(isDone, "out of memory")
    }
  }
}

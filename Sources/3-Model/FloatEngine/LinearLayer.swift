import CValueKernels
import QIR
import Threads

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
  package func callAsFunction(
    _ input: Batch, weights: [Float], bias: [Float]?, to output: Shape, threads: Int = 1
  ) -> Batch {
    let geometry = geometry
    let workers = max(1, min(threads, input.samples))
    return Batch(shape: output, samples: input.samples) { result in
      nonisolated(unsafe) let result = result
      onThreads(workers) { worker in
        var geometry = geometry
        let first = worker * input.samples / workers
        let count = (worker + 1) * input.samples / workers - first
        let isDone = input.values.withUnsafeBufferPointer { values in
          guard let values = values.baseAddress else { return true }
          let (from, to) = (values + first * input.shape.elements, result + first * output.elements)
          guard let bias else { return qcc_f32_conv2d(&geometry, count, from, weights, nil, to) }
          return qcc_f32_conv2d(&geometry, count, from, weights, bias, to)
        }
        precondition(isDone, "out of memory")
      }
    }
  }
}

import CValueKernels
import QIR
import Threads

/// An operator with a kernel of its own in single precision over many samples; no other is worth one.
protocol BatchOperator: Operator {
  /// The result of this shape; nil where its attributes are none that the kernel knows.
  func evaluate(_ inputs: [Batch], to output: Shape) -> Batch?
}

extension ReshapeOp: BatchOperator {
  func evaluate(_ inputs: [Batch], to output: Shape) -> Batch? { Batch(shape: output, values: inputs[0].values) }
}

extension IdentityOp: BatchOperator {
  func evaluate(_ inputs: [Batch], to output: Shape) -> Batch? { inputs[0] }
}

extension AddOp: BatchOperator {
  func evaluate(_ inputs: [Batch], to output: Shape) -> Batch? {
    inputs.dropFirst().reduce(into: inputs[0]) { sum, next in
      qcc_f32_add(next.values.count, next.values, &sum.values)
    }
  }
}

extension BatchNormalizationOp: BatchOperator {
  func evaluate(_ inputs: [Batch], to output: Shape) -> Batch? {
    let (values, channels) = (inputs[0].values, output.channels)
    return Batch(shape: output, samples: inputs[0].samples) {
      qcc_f32_affine(
        values.count / channels, channels, gains.map { Float($0) }, shifts.map { Float($0) }, values, $0)
    }
  }
}

extension MaxPoolOp: BatchOperator {
  func evaluate(_ inputs: [Batch], to output: Shape) -> Batch? {
    guard var geometry = window.pooling(from: inputs[0].shape, to: output) else { return nil }
    return Batch(shape: output, samples: inputs[0].samples) {
      qcc_f32_max_pool(&geometry, inputs[0].samples, inputs[0].values, $0)
    }
  }
}

extension AveragePoolOp: BatchOperator {
  func evaluate(_ inputs: [Batch], to output: Shape) -> Batch? {
    guard var geometry = window.pooling(from: inputs[0].shape, to: output) else { return nil }
    return Batch(shape: output, samples: inputs[0].samples) {
      qcc_f32_average_pool(&geometry, inputs[0].samples, Float(factor), inputs[0].values, $0)
    }
  }
}

extension ElementwiseOp: BatchOperator {
  func evaluate(_ inputs: [Batch], to output: Shape) -> Batch? {
    guard let bounds else { return nil }
    return Batch(shape: output, samples: inputs[0].samples) {
      qcc_f32_clip(inputs[0].values.count, bounds.lower, bounds.upper, inputs[0].values, $0)
    }
  }

  /// Where the function is nothing but a clip.
  private var bounds: (lower: Float, upper: Float)? {
    var bounds = (lower: -Float.infinity, upper: Float.infinity)
    for function in functions {
      guard case .clip(let lower, let upper) = function else { return nil }
      // As the values that were clipped so far are clipped on.
      func clipped(_ value: Float) -> Float {
        min(max(value, lower.map { Float($0.double) } ?? value), upper.map { Float($0.double) } ?? .infinity)
      }
      bounds = (clipped(bounds.lower), clipped(bounds.upper))
    }
    return bounds
  }
}

extension Window {
  /// For the kernels in C, which know no dilation.
  package func pooling(from input: Shape, to output: Shape) -> qcc_pool_geometry? {
    guard dilation == .one else { return nil }
    let (input, output) = (input.extents, output.extents)
    return qcc_pool_geometry(
      in_height: Int32(input[0]), in_width: Int32(input[1]), channels: Int32(input[2]),
      out_height: Int32(output[0]), out_width: Int32(output[1]),
      kernel_height: Int32(size.rows), kernel_width: Int32(size.columns),
      stride_height: Int32(stride.rows), stride_width: Int32(stride.columns),
      pad_top: Int32(padding.top), pad_left: Int32(padding.left))
  }
}

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

import JSON
import QIR

/// The shapes of results of Keras layers that have no operator.
struct UnmodelledLayer {
  let className: String
  let config: JSONNode
  let inputs: [Shape]

  /// Nil where it is not known.
  var shape: Shape? {
    get throws {
      let input = inputs[0].extents
      switch (className, input.count) {
      case ("BatchNormalization", _), ("QBatchNormalization", _), ("LayerNormalization", _), ("PReLU", _), ("ELU", _),
        ("ThresholdedReLU", _):
        return inputs[0]
      case ("Add", _), ("Multiply", _), ("Subtract", _), ("Average", _), ("Maximum", _), ("Minimum", _):
        return broadcast
      case ("UpSampling1D", 2): return Shape([input[0] * (try config.length("size")), input[1]])
      case ("UpSampling2D", 3):
        let size = try config.extent("size")
        return Shape([input[0] * size.rows, input[1] * size.columns, input[2]])
      case ("MaxPooling1D", 2), ("AveragePooling1D", 2): return Shape([try pooledSteps(input[0]), input[1]])
      case ("GlobalMaxPooling1D", 2), ("GlobalAveragePooling1D", 2):
        return Shape(try config.flag("keepdims", default: false) ? [1, input[1]] : [input[1]])
      case ("ZeroPadding1D", 2): return Shape([input[0] + (try both("padding")), input[1]])
      case ("Cropping1D", 2): return positive([input[0] - (try both("cropping")), input[1]])
      case ("Conv2DTranspose", 3), ("QConv2DTranspose", 3): return try transposed(input)
      default: return nil
      }
    }
  }

  /// As NumPy does it, axes of one repeated.
  private var broadcast: Shape? {
    let rank = inputs.map(\.rank).max() ?? 0
    var extents = Array(repeating: 1, count: rank)
    for input in inputs {
      for (axis, extent) in zip(extents.indices.reversed(), input.extents.reversed()) where extent != 1 {
        guard extents[axis] == 1 || extents[axis] == extent else { return nil }
        extents[axis] = extent
      }
    }
    return Shape(extents)
  }

  private func pooledSteps(_ steps: Int) throws -> Int {
    let size = try config.length("pool_size")
    let stride = try config.length("strides", default: size)
    let isSame = try config.stringIfPresent("padding") == "same"
    return max(isSame ? (steps + stride - 1) / stride : (steps - size + stride) / stride, 1)
  }

  /// A pair of lengths, together.
  private func both(_ key: String) throws -> Int {
    try config.array(key).reduce(0) { $0 + (try $1.int(in: 0...65536)) }
  }

  private func transposed(_ input: [Int]) throws -> Shape {
    let (kernel, stride) = (try config.extent("kernel_size"), try config.extent("strides", default: .one))
    let isSame = try config.stringIfPresent("padding") == "same"
    func length(_ extent: Int, _ kernel: Int, _ stride: Int) -> Int {
      extent * stride + (isSame ? 0 : max(kernel - stride, 0))
    }
    return Shape([
      length(input[0], kernel.rows, stride.rows), length(input[1], kernel.columns, stride.columns),
      try config.int("filters", in: 1...(1 << 24)),
    ])
  }

  private func positive(_ extents: [Int]) -> Shape? { extents.allSatisfy { $0 > 0 } ? Shape(extents) : nil }
}

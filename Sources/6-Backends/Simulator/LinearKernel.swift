import CValueKernels
import Targets
import Tiling

/// A layer's weights, one limb of them, packed for the kernel that fits the layer.
enum LinearKernel: Sendable {
  case convolution(PackedConvolution)
  case depthwise(PackedDepthwise)
  case dense(PackedDense)

  /// Nil where the kernels do not take the layer.
  init?(_ shape: LinearLayerShape, weights: [Int16]) {
    switch shape.engine {
    case .conv2D:
      guard let geometry = qcc_conv_geometry(shape), let packed = PackedConvolution(geometry, weights: weights)
      else { return nil }
      self = .convolution(packed)
    case .depthwise:
      guard let geometry = qcc_conv_geometry(shape), let packed = PackedDepthwise(geometry, weights: weights)
      else { return nil }
      self = .depthwise(packed)
    case .fullyConnected:
      guard let inputs = Int32(exactly: shape.input.elements), let outputs = Int32(exactly: shape.output.elements),
        let packed = PackedDense(inputs: inputs, outputs: outputs, weights: weights)
      else { return nil }
      self = .dense(packed)
    }
  }

  /// Whether it runs over many samples at once.
  var isBatched: Bool {
    if case .dense = self { true } else { false }
  }

  func scratchBytes(samples: Int) -> Int {
    switch self {
    case .convolution(let packed): qcc_conv_scratch_bytes(packed.pointer)
    case .depthwise(let packed): qcc_depthwise_scratch_bytes(packed.pointer)
    case .dense(let packed): qcc_dense_scratch_bytes(packed.pointer, samples)
    }
  }

  /// Sums over the taps of `samples` samples, one where the kernel is not batched; `sums` are 32 or 64 bits wide.
  func run(
    _ input: UnsafeMutablePointer<Int16>, samples: Int, padding: Int16, sums: CodePointer,
    scratch: UnsafeMutableRawPointer
  ) {
    let is32 = sums.width == .int32
    switch self {
    case .convolution(let packed):
      if is32 {
        qcc_conv2d_i32(packed.pointer, input, padding, sums.int32, scratch)
      } else {
        qcc_conv2d_i64(packed.pointer, input, padding, sums.int64, scratch)
      }
    case .depthwise(let packed):
      if is32 {
        qcc_depthwise_i32(packed.pointer, input, padding, sums.int32, scratch)
      } else {
        qcc_depthwise_i64(packed.pointer, input, padding, sums.int64, scratch)
      }
    case .dense(let packed):
      if is32 {
        qcc_dense_i32(packed.pointer, input, samples, sums.int32, scratch)
      } else {
        qcc_dense_i64(packed.pointer, input, samples, sums.int64, scratch)
      }
    }
  }
}

extension qcc_conv_geometry {
  /// Nil where an extent is beyond 32 bits.
  fileprivate init?(_ shape: LinearLayerShape) {
    let groups = shape.engine == .depthwise ? shape.input.channels : shape.groups
    let extents = [
      shape.input.rows, shape.input.columns, shape.input.channels, shape.output.rows, shape.output.columns,
      shape.output.channels, shape.kernel.rows, shape.kernel.columns, shape.stride.rows, shape.stride.columns,
      shape.dilation.rows, shape.dilation.columns, shape.padding.top, shape.padding.left, groups,
    ].compactMap { Int32(exactly: $0) }
    guard extents.count == 15 else { return nil }
    self.init(
      in_height: extents[0], in_width: extents[1], in_channels: extents[2], out_height: extents[3],
      out_width: extents[4], out_channels: extents[5], kernel_height: extents[6], kernel_width: extents[7],
      stride_height: extents[8], stride_width: extents[9], dilation_height: extents[10], dilation_width: extents[11],
      pad_top: extents[12], pad_left: extents[13], groups: extents[14])
  }
}

import CValueKernels
import Targets
import Tiling

/// A layer's weights, one limb of them, packed for the kernel that fits the layer.
enum LinearKernel: Sendable {
  case convolution(Packed)
  case depthwise(Packed)
  /// Over the pixels of many samples at once: what is pointwise.
  case dense(Packed)

  /// Nil where the kernels do not take the layer.
  /// - Parameter input: how its codes lie in memory; weights beside bytes have 8 bits at most.
  init?(_ shape: LinearLayerShape, weights: [Int16], input: qcc_codes) {
    let isDense =
      shape.isPointwise && shape.stride == .one && shape.groups == 1 && shape.engine.reduction != .ownChannel
    guard var geometry = qcc_conv_geometry(isDense ? shape.onePixel : shape) else { return nil }
    if shape.engine.reduction == .ownChannel {
      guard let packed = Packed(qcc_pack_depthwise(&geometry, weights, input), freedBy: qcc_free_depthwise)
      else { return nil }
      self = .depthwise(packed)
    } else {
      guard let packed = Packed(qcc_pack_conv(&geometry, weights, input), freedBy: qcc_free_conv) else { return nil }
      self = isDense ? .dense(packed) : .convolution(packed)
    }
  }

  /// Whether it runs over many samples at once.
  var isBatched: Bool {
    if case .dense = self { true } else { false }
  }

  /// - Parameter pixels: of the outputs of all samples that it runs over at once.
  func scratchBytes(pixels: Int) -> Int {
    switch self {
    case .convolution(let packed): qcc_conv_scratch_bytes(packed.pointer)
    case .depthwise(let packed): qcc_depthwise_scratch_bytes(packed.pointer)
    case .dense(let packed): qcc_dense_scratch_bytes(packed.pointer, pixels)
    }
  }

  /// Sums over the taps for `pixels` outputs, those of one sample where the kernel is not batched; `sums` are 32 or 64 bits
  /// wide, the latter of int16 codes only.
  func run(
    _ input: UnsafeMutableRawPointer, pixels: Int, padding: Int32, sums: CodePointer, scratch: UnsafeMutableRawPointer
  ) {
    let is32 = sums.format == .int32
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
        qcc_dense_i32(packed.pointer, input, pixels, sums.int32, scratch)
      } else {
        qcc_dense_i64(packed.pointer, input, pixels, sums.int64, scratch)
      }
    }
  }

  /// The same with sums of 32 bits that are requantized in registers; `codes` are bytes or int16.
  func run(
    _ input: UnsafeMutableRawPointer, pixels: Int, padding: Int32, requantizer: Packed, codes: CodePointer,
    scratch: UnsafeMutableRawPointer
  ) {
    let bytes = Int32(codes.format.bytes)
    switch self {
    case .convolution(let packed):
      qcc_conv2d_codes(packed.pointer, requantizer.pointer, input, padding, bytes, codes.base, scratch)
    case .depthwise(let packed):
      qcc_depthwise_codes(packed.pointer, requantizer.pointer, input, padding, bytes, codes.base, scratch)
    case .dense(let packed):
      qcc_dense_codes(packed.pointer, requantizer.pointer, input, pixels, bytes, codes.base, scratch)
    }
  }
}

extension LinearLayerShape {
  /// A pointwise layer's, of one of its pixels.
  fileprivate var onePixel: LinearLayerShape {
    var shape = self
    (shape.input.rows, shape.input.columns) = (1, 1)
    (shape.output.rows, shape.output.columns) = (1, 1)
    return shape
  }
}

extension qcc_conv_geometry {
  /// Nil where an extent is beyond 32 bits.
  fileprivate init?(_ shape: LinearLayerShape) {
    let groups = shape.engine.reduction == .ownChannel ? shape.input.channels : shape.groups
    let largest =
      [
        shape.input.rows, shape.input.columns, shape.input.channels, shape.output.rows, shape.output.columns,
        shape.output.channels, shape.kernel.rows, shape.kernel.columns, shape.stride.rows, shape.stride.columns,
        shape.dilation.rows, shape.dilation.columns, shape.padding.top, shape.padding.left, groups,
      ].max() ?? 0
    guard largest <= Int(Int32.max) else { return nil }
    self.init(
      in_height: Int32(shape.input.rows), in_width: Int32(shape.input.columns),
      in_channels: Int32(shape.input.channels), out_height: Int32(shape.output.rows),
      out_width: Int32(shape.output.columns), out_channels: Int32(shape.output.channels),
      kernel_height: Int32(shape.kernel.rows), kernel_width: Int32(shape.kernel.columns),
      stride_height: Int32(shape.stride.rows), stride_width: Int32(shape.stride.columns),
      dilation_height: Int32(shape.dilation.rows), dilation_width: Int32(shape.dilation.columns),
      pad_top: Int32(shape.padding.top), pad_left: Int32(shape.padding.left), groups: Int32(groups))
  }
}

/// Weights or requantizers in the order of the C kernels, freed with their last reference. Unchecked: they do not change once
/// packed, and the kernels only read them.
final class Packed: @unchecked Sendable {
  let pointer: OpaquePointer
  private let free: (OpaquePointer?) -> Void

  /// - Parameter pointer: nil where the kernels do not take them.
  init?(_ pointer: OpaquePointer?, freedBy free: @escaping (OpaquePointer?) -> Void) {
    guard let pointer else { return nil }
    self.pointer = pointer
    self.free = free
  }

  deinit { free(pointer) }
}

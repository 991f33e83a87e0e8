import CValueKernels

/// Weights and requantizers in the order of the C kernels, freed with their last reference. Unchecked: they do not change
/// once packed, and the kernels only read them.

final class PackedConvolution: @unchecked Sendable {
  let pointer: OpaquePointer

  init?(_ geometry: qcc_conv_geometry, weights: [Int16]) {
    guard let pointer = withUnsafePointer(to: geometry, { qcc_pack_conv($0, weights) }) else { return nil }
    self.pointer = pointer
  }

  deinit { qcc_free_conv(pointer) }
}

final class PackedDepthwise: @unchecked Sendable {
  let pointer: OpaquePointer

  init?(_ geometry: qcc_conv_geometry, weights: [Int16]) {
    guard let pointer = withUnsafePointer(to: geometry, { qcc_pack_depthwise($0, weights) }) else { return nil }
    self.pointer = pointer
  }

  deinit { qcc_free_depthwise(pointer) }
}

final class PackedDense: @unchecked Sendable {
  let pointer: OpaquePointer

  init?(inputs: Int32, outputs: Int32, weights: [Int16]) {
    guard let pointer = qcc_pack_dense(inputs, outputs, weights) else { return nil }
    self.pointer = pointer
  }

  deinit { qcc_free_dense(pointer) }
}

final class PackedRequantizers: @unchecked Sendable {
  let pointer: OpaquePointer

  init?(_ channels: [qcc_requant_channel]) {
    guard let pointer = qcc_pack_requant(channels, channels.count) else { return nil }
    self.pointer = pointer
  }

  deinit { qcc_free_requant(pointer) }
}

final class PackedThresholds: @unchecked Sendable {
  let pointer: OpaquePointer

  init?(counts: [Int], thresholds: [Int64], codes: [Int32]) {
    guard let pointer = qcc_pack_thresholds(counts.count, counts, thresholds, codes) else { return nil }
    self.pointer = pointer
  }

  deinit { qcc_free_thresholds(pointer) }
}

import CValueKernels

/// A packed layer with random 8-bit codes and everything a run needs.
final class LayerRun {
  private enum Packed {
    case convolution(OpaquePointer)
    case depthwise(OpaquePointer)
    case dense(OpaquePointer)
  }

  private let layer: Layer
  private let packed: Packed
  private let requant: OpaquePointer
  private let positions: Int
  private let x, codes: UnsafeMutablePointer<Int16>
  private let acc32: UnsafeMutablePointer<Int32>
  private let acc64: UnsafeMutablePointer<Int64>
  private let scratch: UnsafeMutableRawPointer
  private let realX, realWeights, realY: UnsafeMutablePointer<Double>

  init?(_ layer: Layer) {
    self.layer = layer
    var g = layer.geometry
    let inputs = Int(g.in_height) * Int(g.in_width) * Int(g.in_channels) * layer.samples
    let outputChannels = Int(g.out_channels)
    positions = Int(g.out_height) * Int(g.out_width) * layer.samples
    let weightCount = Int(g.kernel_height * g.kernel_width * (g.in_channels / g.groups)) * outputChannels
    let weights = (0..<weightCount).map { _ in Int16.random(in: -127...127) }
    let scratchBytes: Int
    switch layer.kind {
    case .convolution:
      guard let conv = qcc_pack_conv(&g, weights) else { return nil }
      packed = .convolution(conv)
      scratchBytes = qcc_conv_scratch_bytes(conv)
    case .depthwise:
      guard let depthwise = qcc_pack_depthwise(&g, weights) else { return nil }
      packed = .depthwise(depthwise)
      scratchBytes = qcc_depthwise_scratch_bytes(depthwise)
    case .dense:
      guard let dense = qcc_pack_conv(&g, weights) else { return nil }
      packed = .dense(dense)
      scratchBytes = qcc_dense_scratch_bytes(dense, layer.samples)
    }
    let channels = (0..<outputChannels).map { _ in
      qcc_requant_channel(
        multiplier: Int64.random(in: 1000...2000), offset_high: 0, offset_low: 1 << 23, acc_low: -1 << 25,
        acc_high: 1 << 25, shift: 24, zero_point: 0, low: -128, high: 127, half_even: false)
    }
    guard let requant = qcc_pack_requant(channels, outputChannels) else { return nil }
    self.requant = requant

    scratch = .allocate(byteCount: scratchBytes, alignment: 64)
    x = .allocate(capacity: inputs)
    x.initialize(from: (0..<inputs).map { _ in Int16.random(in: -128...127) }, count: inputs)
    codes = .allocate(capacity: positions * outputChannels)
    acc32 = .allocate(capacity: positions * outputChannels)
    acc64 = .allocate(capacity: positions * outputChannels)
    realX = .allocate(capacity: inputs)
    realX.initialize(from: (0..<inputs).map { _ in Double.random(in: -1...1) }, count: inputs)
    realWeights = .allocate(capacity: weightCount)
    realWeights.initialize(from: (0..<weightCount).map { _ in Double.random(in: -1...1) }, count: weightCount)
    realY = .allocate(capacity: positions * outputChannels)
  }

  deinit {
    switch packed {
    case .convolution(let conv), .dense(let conv): qcc_free_conv(conv)
    case .depthwise(let depthwise): qcc_free_depthwise(depthwise)
    }
    qcc_free_requant(requant)
    scratch.deallocate()
    x.deallocate()
    codes.deallocate()
    acc32.deallocate()
    acc64.deallocate()
    realX.deallocate()
    realWeights.deallocate()
    realY.deallocate()
  }

  func narrow() {
    switch packed {
    case .convolution(let conv): qcc_conv2d_i32(conv, x, 0, acc32, scratch)
    case .depthwise(let depthwise): qcc_depthwise_i32(depthwise, x, 0, acc32, scratch)
    case .dense(let dense): qcc_dense_i32(dense, x, layer.samples, acc32, scratch)
    }
  }

  func narrowAndRequantize() {
    narrow()
    qcc_requantize_i32_i16(requant, acc32, positions, codes)
  }

  func wide() {
    switch packed {
    case .convolution(let conv): qcc_conv2d_i64(conv, x, 0, acc64, scratch)
    case .depthwise(let depthwise): qcc_depthwise_i64(depthwise, x, 0, acc64, scratch)
    case .dense(let dense): qcc_dense_i64(dense, x, layer.samples, acc64, scratch)
    }
  }

  func reference() {
    var g = layer.geometry
    if layer.kind == .dense { (g.in_width, g.out_width) = (Int32(layer.samples), Int32(layer.samples)) }
    qcc_ref_conv2d_f64(&g, realX, realWeights, realY)
  }
}

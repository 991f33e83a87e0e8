import CValueKernels

/// A layer with random 8-bit codes, as bytes and as int16, and everything a run needs.
final class LayerRun {
  private enum Packed {
    case convolution(OpaquePointer)
    case depthwise(OpaquePointer)
    case dense(OpaquePointer)

    init?(_ layer: Layer, _ weights: [Int16], _ input: qcc_codes) {
      var g = layer.geometry
      switch layer.kind {
      case .convolution:
        guard let conv = qcc_pack_conv(&g, weights, input) else { return nil }
        self = .convolution(conv)
      case .depthwise:
        guard let depthwise = qcc_pack_depthwise(&g, weights, input) else { return nil }
        self = .depthwise(depthwise)
      case .dense:
        guard let dense = qcc_pack_conv(&g, weights, input) else { return nil }
        self = .dense(dense)
      }
    }

    func scratchBytes(_ pixels: Int) -> Int {
      switch self {
      case .convolution(let conv): qcc_conv_scratch_bytes(conv)
      case .depthwise(let depthwise): qcc_depthwise_scratch_bytes(depthwise)
      case .dense(let dense): qcc_dense_scratch_bytes(dense, pixels)
      }
    }

    func free() {
      switch self {
      case .convolution(let conv), .dense(let conv): qcc_free_conv(conv)
      case .depthwise(let depthwise): qcc_free_depthwise(depthwise)
      }
    }
  }

  private let layer: Layer
  private let bytes, words: Packed
  private let requant: OpaquePointer
  /// Samples of a dense layer.
  private let pixels: Int
  private let x: UnsafeMutablePointer<Int16>
  private let codes: UnsafeMutablePointer<UInt8>
  private let acc64: UnsafeMutablePointer<Int64>
  private let scratch: UnsafeMutableRawPointer
  private let realX, realWeights, realY: UnsafeMutablePointer<Double>

  init?(_ layer: Layer) {
    self.layer = layer
    let g = layer.geometry
    let inputs = Int(g.in_height) * Int(g.in_width) * Int(g.in_channels) * layer.samples
    let outputChannels = Int(g.out_channels)
    pixels = layer.samples
    let outputs = Int(g.out_height) * Int(g.out_width) * layer.samples * outputChannels
    let weightCount = Int(g.kernel_height * g.kernel_width * (g.in_channels / g.groups)) * outputChannels
    let weights = (0..<weightCount).map { _ in Int16.random(in: -127...127) }
    let channels = (0..<outputChannels).map { _ in
      qcc_requant_channel(
        multiplier: Int64.random(in: 1000...2000), offset_high: 0, offset_low: 1 << 23, acc_low: -1 << 25,
        acc_high: 1 << 25, shift: 24, zero_point: 128, low: 0, high: 255, half_even: false)
    }
    guard let bytes = Packed(layer, weights, qcc_codes(bytes: 1, offset: 128, largest: 255)),
      let words = Packed(layer, weights, qcc_codes(bytes: 2, offset: 0, largest: 0)),
      let requant = qcc_pack_requant(channels, outputChannels)
    else { return nil }
    (self.bytes, self.words, self.requant) = (bytes, words, requant)

    scratch = .allocate(byteCount: max(bytes.scratchBytes(pixels), words.scratchBytes(pixels)), alignment: 64)
    x = .allocate(capacity: inputs)
    x.initialize(from: (0..<inputs).map { _ in Int16.random(in: -128...127) }, count: inputs)
    codes = .allocate(capacity: outputs)
    acc64 = .allocate(capacity: outputs)
    realX = .allocate(capacity: inputs)
    realX.initialize(from: (0..<inputs).map { _ in Double.random(in: -1...1) }, count: inputs)
    realWeights = .allocate(capacity: weightCount)
    realWeights.initialize(from: (0..<weightCount).map { _ in Double.random(in: -1...1) }, count: weightCount)
    realY = .allocate(capacity: outputs)
  }

  deinit {
    bytes.free()
    words.free()
    qcc_free_requant(requant)
    scratch.deallocate()
    x.deallocate()
    codes.deallocate()
    acc64.deallocate()
    realX.deallocate()
    realWeights.deallocate()
    realY.deallocate()
  }

  /// Codes of bytes.
  func ofBytes() { run(bytes) }

  /// Codes of int16.
  func ofWords() { run(words) }

  private func run(_ packed: Packed) {
    switch packed {
    case .convolution(let conv): qcc_conv2d_codes(conv, requant, x, 0, 1, codes, scratch)
    case .depthwise(let depthwise): qcc_depthwise_codes(depthwise, requant, x, 0, 1, codes, scratch)
    case .dense(let dense): qcc_dense_codes(dense, requant, x, pixels, 1, codes, scratch)
    }
  }

  /// Sums of 64 bits of int16.
  func wide() {
    switch words {
    case .convolution(let conv): qcc_conv2d_i64(conv, x, 0, acc64, scratch)
    case .depthwise(let depthwise): qcc_depthwise_i64(depthwise, x, 0, acc64, scratch)
    case .dense(let dense): qcc_dense_i64(dense, x, pixels, acc64, scratch)
    }
  }

  func reference() {
    var g = layer.geometry
    if layer.kind == .dense { (g.in_width, g.out_width) = (Int32(layer.samples), Int32(layer.samples)) }
    qcc_ref_conv2d_f64(&g, realX, realWeights, realY)
  }
}

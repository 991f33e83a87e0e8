import CValueKernels
import Numbers

/// What a layer's operands are, and how its input lies in memory.
struct Operands: CustomStringConvertible {
  var codes: ClosedRange<Int16>
  var weights: ClosedRange<Int16>
  var input: qcc_codes
  /// Whether sums of them fit 32 bits.
  var fits32 = true

  var isByte: Bool { input.bytes == 1 }
  var description: String { "codes \(codes) weights \(weights), \(input.bytes) bytes" }

  static let int16 = Operands(
    codes: .min ... .max, weights: .min ... .max, input: qcc_codes(bytes: 2, offset: 0, largest: 0), fits32: false)

  /// Bytes that hold code + offset.
  static func bytes(_ codes: ClosedRange<Int16>, weights: ClosedRange<Int16>) -> Operands {
    let offset = min(codes.lowerBound, 0)
    let input = qcc_codes(bytes: 1, offset: -Int32(offset), largest: Int32(codes.upperBound - offset))
    return Operands(codes: codes, weights: weights, input: input)
  }

  static let all = [
    int16, Operands(codes: -128...127, weights: -128...127, input: int16.input),
    Operands(codes: 0...255, weights: -256...255, input: int16.input),
    bytes(-128...127, weights: -128...127), bytes(0...255, weights: -127...127), bytes(-8...7, weights: -128...127),
    // Two products fit 16 bits.
    bytes(-8...7, weights: -8...7), bytes(0...255, weights: -64...64),
  ]

  /// The widest, and two of the others.
  static func some(using generator: inout SplitMix) -> [Operands] {
    [int16] + all.dropFirst().shuffled(using: &generator).prefix(2)
  }

  /// Codes as they lie in memory.
  func stored(_ codes: [Int16]) -> [UInt8] {
    if isByte { return codes.map { UInt8(stored($0)) } }
    return codes.withUnsafeBytes { Array($0) }
  }

  func stored(_ code: Int16) -> Int32 { Int32(code) + input.offset }
}

/// A layer in one of the kernels' own orders.
enum PackedLayer {
  case convolution(OpaquePointer)
  case depthwise(OpaquePointer)
  case dense(OpaquePointer)

  var isDepthwise: Bool { if case .depthwise = self { true } else { false } }

  func free() {
    switch self {
    case .convolution(let packed), .dense(let packed): qcc_free_conv(packed)
    case .depthwise(let packed): qcc_free_depthwise(packed)
    }
  }

  /// Runs the body with scratch memory of exactly the size that it asks for.
  func withScratch(pixels: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    let bytes =
      switch self {
      case .convolution(let packed): qcc_conv_scratch_bytes(packed)
      case .depthwise(let packed): qcc_depthwise_scratch_bytes(packed)
      case .dense(let packed): qcc_dense_scratch_bytes(packed, pixels)
      }
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 1)
    defer { scratch.deallocate() }
    scratch.initializeMemory(as: UInt8.self, repeating: 0xA5, count: bytes)
    body(scratch)
  }

  func run(_ x: [UInt8], pixels: Int, pad: Int32, narrow acc: inout [Int32], _ scratch: UnsafeMutableRawPointer) {
    switch self {
    case .convolution(let packed): qcc_conv2d_i32(packed, x, pad, &acc, scratch)
    case .depthwise(let packed): qcc_depthwise_i32(packed, x, pad, &acc, scratch)
    case .dense(let packed): qcc_dense_i32(packed, x, pixels, &acc, scratch)
    }
  }

  func run(_ x: [UInt8], pixels: Int, pad: Int32, wide acc: inout [Int64], _ scratch: UnsafeMutableRawPointer) {
    switch self {
    case .convolution(let packed): qcc_conv2d_i64(packed, x, pad, &acc, scratch)
    case .depthwise(let packed): qcc_depthwise_i64(packed, x, pad, &acc, scratch)
    case .dense(let packed): qcc_dense_i64(packed, x, pixels, &acc, scratch)
    }
  }

  func codes(
    _ x: [UInt8], pixels: Int, pad: Int32, _ requantizer: Requantizer, count: Int, _ scratch: UnsafeMutableRawPointer
  ) -> [Int32] {
    requantizer.read(count) { codes in
      switch self {
      case .convolution(let packed):
        qcc_conv2d_codes(packed, requantizer.packed, x, pad, requantizer.codeBytes, codes, scratch)
      case .depthwise(let packed):
        qcc_depthwise_codes(packed, requantizer.packed, x, pad, requantizer.codeBytes, codes, scratch)
      case .dense(let packed):
        qcc_dense_codes(packed, requantizer.packed, x, pixels, requantizer.codeBytes, codes, scratch)
      }
    }
  }
}

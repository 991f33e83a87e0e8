import CValueKernels
import Numbers

extension qcc_requant_channel {
  /// `clamp(round((acc * M + B) / 2^S) + z)` by division with remainder.
  func code(of acc: Int64) -> Int32 {
    let offset = Int128(offset_high) << 64 + Int128(offset_low)
    let value = Int128(acc) * Int128(multiplier) + offset
    let step = Int128(1) << Int128(shift)
    var (quotient, rest) = value.quotientAndRemainder(dividingBy: step)
    if rest < 0 { (quotient, rest) = (quotient - 1, rest + step) }
    if half_even, 2 * rest > step || (2 * rest == step && quotient % 2 != 0) { quotient += 1 }
    return Int32(min(max(quotient + Int128(zero_point), Int128(low)), Int128(high)))
  }
}

/// A requantization that linear layers do in registers, with random constants that use the codes' range.
struct Requantizer {
  let channels: [qcc_requant_channel]
  let packed: OpaquePointer
  /// 1 (not negative) or 2.
  let codeBytes: Int32

  /// Nil where the kernels do not take it.
  init?(sums: [Int64], channels count: Int, using generator: inout SplitMix) {
    let (least, most) = (sums.min() ?? 0, sums.max() ?? 0)
    guard Int64(Int32.min) <= least, most <= Int64(Int32.max) else { return nil }
    let span = max(1, most - least)
    let halfEven = Bool.random(using: &generator)
    // Constants of more than 32 bits.
    let isWide = !halfEven && Bool.random(using: &generator)
    codeBytes = Bool.random(using: &generator) ? 1 : 2
    let clamp: ClosedRange<Int32> =
      codeBytes == 2 ? -300...300 : ([0...255, 0...255, 3...100].randomElement(using: &generator) ?? 0...255)
    channels = (0..<count).map { _ in
      var c = qcc_requant_channel()
      (c.acc_low, c.acc_high, c.low, c.high, c.half_even) = (least, most, clamp.lowerBound, clamp.upperBound, halfEven)
      c.zero_point = 2 * Int32.random(in: -60...60, using: &generator)
      if halfEven, Bool.random(using: &generator) {
        // Many ties.
        c.shift = Int32.random(in: 2...8, using: &generator)
        c.multiplier = 1
      } else {
        c.shift = Int32.random(in: isWide ? 40...53 : 24...32, using: &generator)
        let largest = min((300 << Int64(c.shift)) / span, 1 << Int64(c.shift - 2))
        c.multiplier = Int64.random(in: -largest...largest, using: &generator)
        c.offset_low = UInt64.random(in: 0...(1 << UInt64(c.shift)), using: &generator)
      }
      return c
    }
    guard let packed = qcc_pack_requant(channels, count) else { return nil }
    self.packed = packed
    guard qcc_requant_fits_tiles(packed) else {
      qcc_free_requant(packed)
      return nil
    }
  }

  func free() { qcc_free_requant(packed) }

  /// By the formula.
  func codes(of sums: [Int64]) -> [Int32] {
    sums.enumerated().map { channels[$0.offset % channels.count].code(of: $0.element) }
  }

  /// What the body writes, `count` codes.
  func read(_ count: Int, _ body: (UnsafeMutableRawPointer) -> Void) -> [Int32] {
    if codeBytes == 1 {
      var codes = [UInt8](repeating: 9, count: count)
      codes.withUnsafeMutableBytes { if let base = $0.baseAddress { body(base) } }
      return codes.map(Int32.init)
    }
    var codes = [Int16](repeating: 9, count: count)
    codes.withUnsafeMutableBytes { if let base = $0.baseAddress { body(base) } }
    return codes.map(Int32.init)
  }
}

import CValueKernels
import IntegerProgram
import Numbers

/// From the kernels' sums to codes: adds each channel's initial value, then the output stage.
///
/// The initial values are not added one by one: they move into the addends and thresholds, so that the kernels start at
/// zero: (sum + initial) M + B = sum M + (initial M + B), and sum + initial >= t where sum >= t - initial.
struct PreparedStage: Sendable {
  private enum Kind: Sendable {
    case accumulator
    case affine(Packed)
    case table(Packed)
    /// Codes or constants beyond the kernels' widths, one at a time.
    case general(Requantization)
  }

  private let kind: Kind
  private let initial: [Int64]
  private let channels: Int
  /// Whether codes are as narrow as those that come out of registers.
  private let tileCodes: Bool

  /// - Parameters:
  ///   - initial: one per channel.
  ///   - sums: what each channel's sum can reach without its initial value.
  ///   - output: how the codes are stored. It holds every code that is reached, so the clamp may be narrowed to it.
  init(_ stage: OutputStage, initial: [Int64], sums: PerChannel<CodeRange>, output: CodeFormat) {
    channels = initial.count
    tileCodes = output.bytes <= CodeFormat.int16.bytes
    self.initial = initial
    switch stage {
    case .accumulator:
      kind = .accumulator
    case .requantize(let requantization):
      let packed =
        output == .int64
        ? nil
        : PreparedStage.affine(requantization, initial: initial, sums: sums, output: output).map(Kind.affine)
          ?? PreparedStage.table(requantization, initial: initial, output: output).map(Kind.table)
      kind = packed ?? .general(requantization)
    }
  }

  /// What linear layers and sums requantize in registers with; nil where the constants do not have that form.
  var tileRequantizer: Packed? {
    guard case .affine(let packed) = kind, tileCodes, qcc_requant_fits_tiles(packed.pointer) else { return nil }
    return packed
  }

  private static func affine(
    _ requantization: Requantization, initial: [Int64], sums: PerChannel<CodeRange>, output: CodeFormat
  ) -> Packed? {
    // As they lie in memory: the code of 0 moves by the format's origin.
    let low = Int32(requantization.clamp.lowerBound.clamped(to: output.range) - output.origin)
    let high = Int32(requantization.clamp.upperBound.clamped(to: output.range) - output.origin)
    var packed: [qcc_requant_channel] = []
    for channel in initial.indices {
      guard case .affine(let affine) = requantization.channels[channel],
        let zeroPoint = Int32(exactly: affine.offset &- output.origin)
      else { return nil }
      let (shifted, overflows) = affine.addend.addingReportingOverflow(
        Int128(affine.multiplier) * Int128(initial[channel]))
      if overflows { return nil }
      let sum = sums[channel]
      packed.append(
        qcc_requant_channel(
          multiplier: affine.multiplier, offset_high: Int64(truncatingIfNeeded: shifted >> 64),
          offset_low: UInt64(truncatingIfNeeded: shifted), acc_low: sum.lowerBound, acc_high: sum.upperBound,
          shift: Int32(affine.shift), zero_point: zeroPoint, low: low, high: high,
          half_even: affine.rounding == .halfEven && affine.shift > 0))
    }
    return Packed(qcc_pack_requant(packed, packed.count), freedBy: qcc_free_requant)
  }

  private static func table(
    _ requantization: Requantization, initial: [Int64], output: CodeFormat
  ) -> Packed? {
    let clamp = requantization.clamp
    var counts: [Int] = []
    var thresholds: [Int64] = []
    var codes: [Int32] = []
    for channel in initial.indices {
      guard case .table(let table) = requantization.channels[channel]
      else { return nil }
      counts.append(table.thresholds.count)
      for threshold in table.thresholds {
        let (shifted, overflows) = threshold.subtractingReportingOverflow(initial[channel])
        if overflows { return nil }
        thresholds.append(shifted)
      }
      codes += table.codes.map { Int32($0.clamped(to: clamp).clamped(to: output.range) - output.origin) }
    }
    return Packed(
      qcc_pack_thresholds(counts.count, counts, thresholds, codes), freedBy: qcc_free_thresholds)
  }

  /// Codes of `positions` x channels sums, which are 32 or 64 bits wide. May run in place for accumulators.
  func apply(_ sums: CodePointer, positions: Int, to output: CodePointer) {
    switch (kind, sums.format, output.format) {
    case (.affine(let packed), .int32, .byte):
      qcc_requantize_i32_u8(packed.pointer, sums.int32, positions, output.uint8)
    case (.affine(let packed), .int32, .int16):
      qcc_requantize_i32_i16(packed.pointer, sums.int32, positions, output.int16)
    case (.affine(let packed), .int32, .int32):
      qcc_requantize_i32_i32(packed.pointer, sums.int32, positions, output.int32)
    case (.affine(let packed), .int64, .byte):
      qcc_requantize_i64_u8(packed.pointer, sums.int64, positions, output.uint8)
    case (.affine(let packed), .int64, .int16):
      qcc_requantize_i64_i16(packed.pointer, sums.int64, positions, output.int16)
    case (.affine(let packed), .int64, .int32):
      qcc_requantize_i64_i32(packed.pointer, sums.int64, positions, output.int32)
    case (.table(let packed), .int32, .byte):
      qcc_threshold_i32_u8(packed.pointer, sums.int32, positions, output.uint8)
    case (.table(let packed), .int32, .int16):
      qcc_threshold_i32_i16(packed.pointer, sums.int32, positions, output.int16)
    case (.table(let packed), .int32, .int32):
      qcc_threshold_i32_i32(packed.pointer, sums.int32, positions, output.int32)
    case (.table(let packed), .int64, .byte):
      qcc_threshold_i64_u8(packed.pointer, sums.int64, positions, output.uint8)
    case (.table(let packed), .int64, .int16):
      qcc_threshold_i64_i16(packed.pointer, sums.int64, positions, output.int16)
    case (.table(let packed), .int64, .int32):
      qcc_threshold_i64_i32(packed.pointer, sums.int64, positions, output.int32)
    case (.accumulator, _, _):
      forEachElement(positions) { element, channel in output[element] = sums[element] &+ initial[channel] }
    case (.general(let requantization), _, _):
      forEachElement(positions) { element, channel in
        output[element] = requantization(sums[element] &+ initial[channel], channel: channel)
      }
    case (.affine, _, _), (.table, _, _):
      preconditionFailure("a requantization was packed for 32-bit sums or more and codes of 32 bits or less")
    }
  }

  private func forEachElement(_ positions: Int, _ body: (_ element: Int, _ channel: Int) -> Void) {
    for position in 0..<positions {
      for channel in 0..<channels { body(position * channels + channel, channel) }
    }
  }
}

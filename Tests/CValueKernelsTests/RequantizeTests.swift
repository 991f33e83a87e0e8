import CValueKernels
import Numbers
import Testing

extension KernelTests {
  /// Requantization against the formula in 128-bit integers, and threshold tables against counting.
  @Suite struct RequantizeTests {
    private func random(
      _ width: qcc_requant_width, clamp: (Int32, Int32), using generator: inout SplitMix
    ) -> qcc_requant_channel {
      var c = qcc_requant_channel()
      let accBits: Int
      var offset: Int128
      switch width {
      case QCC_REQUANT_32:
        accBits = Int.random(in: 8...22, using: &generator)
        c.multiplier = Int64.random(in: -(1 << 30)...(1 << 30), using: &generator)
        c.shift = Int32.random(in: 22...34, using: &generator)
        offset = Int128(Int64.random(in: -(1 << 50)...(1 << 50), using: &generator))
      case QCC_REQUANT_64:
        accBits = Int.random(in: 20...31, using: &generator)
        c.multiplier = Int64.random(in: -(1 << 31)...(1 << 31), using: &generator)
        c.shift = Int32.random(in: 0...62, using: &generator)
        offset = Int128(Int64.random(in: -(1 << 60)...(1 << 60), using: &generator))
      case QCC_REQUANT_SPLIT:
        accBits = Int.random(in: 24...31, using: &generator)
        c.multiplier = Int64.random(in: -(1 << 45)...(1 << 45), using: &generator)
        c.shift = Int32.random(in: 20...90, using: &generator)
        offset =
          Int128(Int64.random(in: -(1 << 60)...(1 << 60), using: &generator))
          << Int128(Int.random(in: 0...12, using: &generator))
      default:
        accBits = Int.random(in: 30...31, using: &generator)
        c.multiplier = Int64.random(in: .min ... .max, using: &generator)
        c.shift = Int32.random(in: 0...126, using: &generator)
        offset =
          Int128(Int64.random(in: .min ... .max, using: &generator))
          << Int128(Int.random(in: 0...60, using: &generator))
      }
      // Ties: round powers of two.
      if width != QCC_REQUANT_SPLIT, Bool.random(using: &generator) {
        c.multiplier = 1 << Int64.random(in: 0..<(width == QCC_REQUANT_32 ? 8 : 20), using: &generator)
        c.shift = Int32.random(in: 0...22, using: &generator)
        offset = width == QCC_REQUANT_32 ? 0 : (offset >> 20) << 20
        if Bool.random(using: &generator), c.shift > 0 { offset += 1 << Int128(c.shift - 1) }
      }
      c.acc_low = -(1 << Int64(accBits - 1))
      c.acc_high = (1 << Int64(accBits - 1)) - 1
      c.offset_high = Int64(offset >> 64)
      c.offset_low = UInt64(truncatingIfNeeded: offset)
      c.zero_point = Int32.random(in: -40...40, using: &generator)
      (c.low, c.high) = clamp
      c.half_even = Bool.random(using: &generator)
      return c
    }

    @Test(arguments: [QCC_REQUANT_32, QCC_REQUANT_64, QCC_REQUANT_SPLIT, QCC_REQUANT_128], 0..<20)
    func multiplyAddShift(width: qcc_requant_width, seed: Int) throws {
      var generator = SplitMix(seed: UInt64(seed) + 100 * UInt64(width.rawValue))
      for count in [1, 3, 5, 8, 16, 17, 64, 100] {
        let clamp: (Int32, Int32) = [(-128, 127), (-32768, 32767), (0, 255), (0, 100)][seed / 2 % 4]
        var channels = (0..<count).map { _ in random(width, clamp: clamp, using: &generator) }
        if seed % 2 == 0 || width == QCC_REQUANT_SPLIT { for c in channels.indices { channels[c].half_even = false } }
        let packed = try #require(qcc_pack_requant(channels, count))
        defer { qcc_free_requant(packed) }
        let arithmetic = qcc_requant_arithmetic(packed)
        #expect(width == QCC_REQUANT_32 ? arithmetic == width : arithmetic.rawValue <= width.rawValue)
        for positions in [1, 2, 7, 65] {
          let acc: [Int64] = (0..<positions * count).map { index in
            let c = channels[index % count]
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: return c.acc_low
            case 1: return c.acc_high
            case 2...4: return Int64.random(in: max(c.acc_low, -200)...min(c.acc_high, 200), using: &generator)
            default: return Int64.random(in: c.acc_low...c.acc_high, using: &generator)
            }
          }
          let expected = acc.enumerated().map { channels[$0.offset % count].code(of: $0.element) }
          KernelTests.onEveryISA { isa in
            var (narrow, wide) = ([Int16](repeating: 9, count: acc.count), [Int32](repeating: 9, count: acc.count))
            qcc_requantize_i64_i16(packed, acc, positions, &narrow)
            #expect(narrow.map(Int32.init) == expected, "ISA \(isa.rawValue)")
            qcc_requantize_i64_i32(packed, acc, positions, &wide)
            #expect(wide == expected, "ISA \(isa.rawValue)")
            qcc_requantize_i32_i16(packed, acc.map(Int32.init), positions, &narrow)
            #expect(narrow.map(Int32.init) == expected, "ISA \(isa.rawValue)")
            qcc_requantize_i32_i32(packed, acc.map(Int32.init), positions, &wide)
            #expect(wide == expected, "ISA \(isa.rawValue)")
            if channels.allSatisfy({ $0.low >= 0 && $0.high <= 255 }) {
              var bytes = [UInt8](repeating: 9, count: acc.count)
              qcc_requantize_i64_u8(packed, acc, positions, &bytes)
              #expect(bytes.map(Int32.init) == expected, "ISA \(isa.rawValue)")
              qcc_requantize_i32_u8(packed, acc.map(Int32.init), positions, &bytes)
              #expect(bytes.map(Int32.init) == expected, "ISA \(isa.rawValue)")
            }
          }
        }
      }
    }

    /// Of the form that linear layers requantize in registers; by blocks of channels, and where they do not fill them.
    @Test(arguments: 0..<12) func inTiles(seed: Int) throws {
      var generator = SplitMix(seed: UInt64(seed))
      for count in [1, 2, 3, 8, 16, 17, 48] {
        let sums = (0..<37 * count).map { _ in Int64.random(in: -90_000...80_000, using: &generator) }
        let requantizer = try #require(Requantizer(sums: sums, channels: count, using: &generator))
        defer { requantizer.free() }
        let expected = requantizer.codes(of: sums)
        KernelTests.onEveryISA { isa in
          let codes = requantizer.read(sums.count) { codes in
            let narrow = sums.map(Int32.init)
            if requantizer.codeBytes == 1 {
              qcc_requantize_i32_u8(requantizer.packed, narrow, 37, codes.assumingMemoryBound(to: UInt8.self))
            } else {
              qcc_requantize_i32_i16(requantizer.packed, narrow, 37, codes.assumingMemoryBound(to: Int16.self))
            }
          }
          #expect(codes == expected, "ISA \(isa.rawValue), \(count) channels")
        }
      }
    }

    /// The ordinary case, 8-bit codes from 22-bit accumulators, takes the fast way.
    @Test func widths() throws {
      var c = qcc_requant_channel()
      (c.multiplier, c.shift, c.acc_low, c.acc_high, c.low, c.high) = (12345, 24, -2_000_000, 2_000_000, -128, 127)
      func arithmetic(_ c: qcc_requant_channel) -> qcc_requant_width? {
        guard let packed = qcc_pack_requant([c], 1) else { return nil }
        defer { qcc_free_requant(packed) }
        return qcc_requant_arithmetic(packed)
      }
      #expect(arithmetic(c) == QCC_REQUANT_32)
      c.multiplier = 1 << 40
      #expect(arithmetic(c) == QCC_REQUANT_64)
      c.multiplier = 1 << 45
      #expect(arithmetic(c) == QCC_REQUANT_SPLIT)
      c.half_even = true
      #expect(arithmetic(c) == QCC_REQUANT_128)
      c.half_even = false
      c.shift = 127
      #expect(arithmetic(c) == nil)
      (c.shift, c.low) = (3, 128)
      #expect(arithmetic(c) == nil)
      (c.low, c.acc_low) = (0, 3_000_000)
      #expect(arithmetic(c) == nil)
      #expect(qcc_pack_requant([c], 0) == nil)
    }

    @Test(arguments: 0..<10) func thresholds(seed: Int) throws {
      var generator = SplitMix(seed: UInt64(seed))
      for count in [1, 3, 16, 17] {
        let counts = (0..<count).map { _ in [0, 1, 2, 3, 15, 255, 5000].randomElement(using: &generator) ?? 1 }
        // Anywhere near zero, clustered around it, over all of int64, evenly spread.
        let tables = counts.map { n in
          let kind = Int.random(in: 0..<4, using: &generator)
          let step = Int64.random(in: 1...100_000, using: &generator)
          return (0..<n).map { index in
            switch kind {
            case 0: Int64.random(in: -500...500, using: &generator)
            case 1: Int64.random(in: .min ... .max, using: &generator) >> Int64.random(in: 20..<64, using: &generator)
            case 2: Int64(index - n / 2) * step + Int64.random(in: 0...step / 4, using: &generator)
            default:
              [Int64.min, .max, .random(in: .min ... .max, using: &generator)].randomElement(using: &generator) ?? 0
            }
          }.sorted()
        }
        let codes = counts.map { n in (0...n).map { _ in Int32.random(in: -32768...32767, using: &generator) } }
        let packed = try #require(qcc_pack_thresholds(count, counts, tables.flatMap { $0 }, codes.flatMap { $0 }))
        defer { qcc_free_thresholds(packed) }
        let positions = 50
        let acc: [Int64] = (0..<positions * count).map { index in
          let near = tables[index % count].randomElement(using: &generator) ?? 0
          switch Int.random(in: 0..<8, using: &generator) {
          case 0: return [Int64.min, .max, Int64(Int32.min), Int64(Int32.max)].randomElement(using: &generator) ?? 0
          case 1: return near &+ Int64.random(in: -1...1, using: &generator)
          case 2...4: return near
          default: return Int64.random(in: -520...520, using: &generator)
          }
        }
        let acc32 = acc.map { Int32(clamping: $0) }
        func expected(_ acc: [Int64]) -> [Int32] {
          acc.enumerated().map { index, value in
            codes[index % count][tables[index % count].filter { $0 <= value }.count]
          }
        }
        let (expected64, expected32) = (expected(acc), expected(acc32.map(Int64.init)))
        var (narrow, wide) = ([Int16](repeating: 9, count: acc.count), [Int32](repeating: 9, count: acc.count))
        qcc_threshold_i64_i16(packed, acc, positions, &narrow)
        #expect(narrow.map(Int32.init) == expected64)
        qcc_threshold_i64_i32(packed, acc, positions, &wide)
        #expect(wide == expected64)
        qcc_threshold_i32_i16(packed, acc32, positions, &narrow)
        #expect(narrow.map(Int32.init) == expected32)
        qcc_threshold_i32_i32(packed, acc32, positions, &wide)
        #expect(wide == expected32)
        var bytes = [UInt8](repeating: 9, count: acc.count)
        qcc_threshold_i64_u8(packed, acc, positions, &bytes)
        #expect(bytes == expected64.map { UInt8(truncatingIfNeeded: $0) })
        qcc_threshold_i32_u8(packed, acc32, positions, &bytes)
        #expect(bytes == expected32.map { UInt8(truncatingIfNeeded: $0) })
      }
      #expect(qcc_pack_thresholds(1, [2], [5, 4], [0, 1, 2]) == nil)
    }
  }
}

import CValueKernels
import Numbers
import Testing

extension KernelTests {
  @Suite struct ElementwiseTests {
    @Test(arguments: [1, 2, 3, 5], [0, 1, 7, 17, 1024, 2500]) func weightedSum(count: Int, elements: Int) {
      var generator = SplitMix(seed: UInt64(count * 10000 + elements))
      let x16 = (0..<count).map { _ in generator.codes(elements, in: .min ... .max) }
      let x32 = x16.map { $0.map(Int32.init) }
      let multipliers = (0..<count).map { _ in Int64.random(in: -(1 << 44)...(1 << 44), using: &generator) }
      let expected = (0..<elements).map { e in (0..<count).reduce(Int64(0)) { $0 + multipliers[$1] * Int64(x16[$1][e]) }
      }
      KernelTests.onEveryISA { isa in
        var acc = [Int64](repeating: 9, count: elements)
        withPointers(x16) { qcc_weighted_sum_i16_i64(count, $0, multipliers, elements, &acc) }
        #expect(acc == expected, "ISA \(isa.rawValue)")
        acc = [Int64](repeating: 9, count: elements)
        withPointers(x32) { qcc_weighted_sum_i32_i64(count, $0, multipliers, elements, &acc) }
        #expect(acc == expected, "ISA \(isa.rawValue)")
      }
    }

    /// Sums of bytes, and their codes at once.
    @Test(arguments: [1, 2, 3, 5], [0, 1, 7, 16, 17, 1056, 2496, 9600]) func sumsOfBytes(count: Int, elements: Int) {
      var generator = SplitMix(seed: UInt64(count * 10000 + elements))
      let x = (0..<count).map { _ in generator.codes(elements, in: 0...255).map { UInt8($0) } }
      let multipliers = (0..<count).map { _ in Int32.random(in: -1000...(1 << 20), using: &generator) }
      let expected = (0..<elements).map { e in
        (0..<count).reduce(Int64(0)) { $0 + Int64(multipliers[$1]) * Int64(x[$1][e]) }
      }
      // One channel, some that a block holds several times, some that fill blocks, and some that do not.
      let requantizers = [1, 4, 32, 24].compactMap { channels in
        elements % channels == 0 ? Requantizer(sums: expected, channels: channels, using: &generator) : nil
      }
      defer { requantizers.forEach { $0.free() } }
      KernelTests.onEveryISA { isa in
        var acc = [Int32](repeating: 9, count: elements)
        withPointers(x) { qcc_weighted_sum_u8_i32(count, $0, multipliers, elements, &acc) }
        #expect(acc.map(Int64.init) == expected, "ISA \(isa.rawValue)")
        var wide = [Int64](repeating: 9, count: elements)
        withPointers(x) { qcc_weighted_sum_u8_i64(count, $0, multipliers.map(Int64.init), elements, &wide) }
        #expect(wide == expected, "ISA \(isa.rawValue)")
        for requantizer in requantizers {
          let positions = elements / requantizer.channels.count
          let codes = requantizer.read(elements) { codes in
            withPointers(x) {
              qcc_sum_codes_u8(count, $0, multipliers, positions, requantizer.packed, requantizer.codeBytes, codes)
            }
          }
          #expect(codes == requantizer.codes(of: expected), "ISA \(isa.rawValue)")
        }
      }
    }

    /// Codes of 33 bits times weights of 20 bits, by limbs, are the product.
    @Test func limbs() {
      var generator = SplitMix(seed: 5)
      let elements = 301
      let codes = (0..<elements).map { _ in Int64.random(in: -(1 << 32)...(1 << 32), using: &generator) }
      var planes = [Int16](repeating: 0, count: 3 * elements)
      #expect(qcc_split_limbs_i64(codes, elements, 3, &planes))
      KernelTests.onEveryISA { isa in
        var acc = [Int64](repeating: 0, count: elements)
        for limb in 0..<3 {
          let plane = planes[limb * elements..<(limb + 1) * elements].map(Int64.init)
          qcc_add_shifted_i64(plane, elements, Int32(16 * limb), &acc)
        }
        #expect(acc == codes, "ISA \(isa.rawValue)")
      }
    }

    @Test func limbRanges() {
      var planes = [Int16](repeating: 0, count: 4)
      func fits(_ code: Int64, _ limbs: Int) -> Bool { qcc_split_limbs_i64([code], 1, limbs, &planes) }
      #expect(fits(32767, 1))
      #expect(!fits(32768, 1))
      #expect(fits(-32768, 1))
      #expect(!fits(-32769, 1))
      #expect(fits(1 << 31 - 1 << 15 - 1, 2))
      #expect(!fits(1 << 31 - 1 << 15, 2))
      #expect(fits(-1 << 31 - 1 << 15, 2))
      #expect(!fits(-1 << 31 - 1 << 15 - 1, 2))
      #expect(fits(.min, 4))
      #expect(!fits(.max, 4))
      #expect(!qcc_split_limbs_i32([.max], 1, 2, &planes))
      #expect(qcc_split_limbs_i32([.min], 1, 2, &planes))
    }

    private func withPointers<Code>(_ arrays: [[Code]], _ body: ([UnsafePointer<Code>]) -> Void) {
      let copies = arrays.map { array in
        let copy = UnsafeMutablePointer<Code>.allocate(capacity: max(array.count, 1))
        copy.initialize(from: array, count: array.count)
        return copy
      }
      defer { copies.forEach { $0.deallocate() } }
      body(copies.map { UnsafePointer($0) })
    }
  }
}

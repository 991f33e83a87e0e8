import CValueKernels
import Numbers
import Testing

extension KernelTests {
  /// Pooling against its definition.
  @Suite struct PoolTests {
    private func random(using generator: inout SplitMix) -> qcc_pool_geometry {
      func pick(_ values: [Int32]) -> Int32 { values[Int.random(in: 0..<values.count, using: &generator)] }
      var g = qcc_pool_geometry()
      (g.in_height, g.in_width, g.channels) = (pick([1, 4, 9]), pick([1, 5, 8]), pick([1, 3, 17, 64]))
      (g.kernel_height, g.kernel_width) = (pick([1, 2, 3, 9]), pick([1, 2, 5]))
      (g.stride_height, g.stride_width) = (pick([1, 2, 3]), pick([1, 2]))
      g.pad_top = min(pick([0, 0, 1, 2]), g.kernel_height - 1)
      g.pad_left = min(pick([0, 0, 1, 2]), g.kernel_width - 1)
      g.out_height = (g.in_height - 1 + g.pad_top) / g.stride_height + 1
      g.out_width = (g.in_width - 1 + g.pad_left) / g.stride_width + 1
      return g
    }

    /// The input elements in every output's window.
    private func windows(_ g: qcc_pool_geometry, _ x: [Int64]) -> [[Int64]] {
      var result: [[Int64]] = []
      for oy in 0..<Int(g.out_height) {
        for ox in 0..<Int(g.out_width) {
          for c in 0..<Int(g.channels) {
            var window: [Int64] = []
            for ky in 0..<Int(g.kernel_height) {
              for kx in 0..<Int(g.kernel_width) {
                let iy = oy * Int(g.stride_height) + ky - Int(g.pad_top)
                let ix = ox * Int(g.stride_width) + kx - Int(g.pad_left)
                guard (0..<Int(g.in_height)).contains(iy), (0..<Int(g.in_width)).contains(ix) else { continue }
                window.append(x[(iy * Int(g.in_width) + ix) * Int(g.channels) + c])
              }
            }
            result.append(window)
          }
        }
      }
      return result
    }

    @Test(arguments: 0..<60) func pooling(seed: Int) throws {
      var generator = SplitMix(seed: UInt64(seed))
      var g = random(using: &generator)
      try #require(qcc_pool_geometry_is_valid(&g))
      let x = generator.codes(Int(g.in_height * g.in_width * g.channels), in: .min ... .max)
      let windows = windows(g, x.map(Int64.init))
      let (largest, sums) = (windows.map { $0.max() ?? 0 }, windows.map { $0.reduce(0, +) })
      let (x32, x64) = (x.map(Int32.init), x.map(Int64.init))
      let x8 = x.map { UInt8(truncatingIfNeeded: $0) }
      let windows8 = self.windows(g, x8.map(Int64.init))
      KernelTests.onEveryISA { isa in
        var y16 = [Int16](repeating: 9, count: windows.count)
        var y32 = [Int32](repeating: 9, count: windows.count)
        var y64 = [Int64](repeating: 9, count: windows.count)
        var y8 = [UInt8](repeating: 9, count: windows.count)
        qcc_max_pool_u8(&g, x8, &y8)
        #expect(y8.map(Int64.init) == windows8.map { $0.max() ?? 0 }, "ISA \(isa.rawValue) \(g)")
        qcc_sum_pool_u8_i32(&g, x8, &y32)
        #expect(y32.map(Int64.init) == windows8.map { $0.reduce(0, +) }, "ISA \(isa.rawValue) \(g)")
        qcc_sum_pool_u8_i64(&g, x8, &y64)
        #expect(y64 == windows8.map { $0.reduce(0, +) }, "ISA \(isa.rawValue) \(g)")
        qcc_max_pool_i16(&g, x, &y16)
        #expect(y16.map(Int64.init) == largest, "ISA \(isa.rawValue) \(g)")
        qcc_max_pool_i32(&g, x32, &y32)
        #expect(y32.map(Int64.init) == largest, "ISA \(isa.rawValue) \(g)")
        qcc_max_pool_i64(&g, x64, &y64)
        #expect(y64 == largest, "ISA \(isa.rawValue) \(g)")
        qcc_sum_pool_i16_i32(&g, x, &y32)
        #expect(y32.map(Int64.init) == sums, "ISA \(isa.rawValue) \(g)")
        for run in [
          { qcc_sum_pool_i16_i64(&g, x, &y64) }, { qcc_sum_pool_i32_i64(&g, x32, &y64) },
          { qcc_sum_pool_i64_i64(&g, x64, &y64) },
        ] {
          y64 = [Int64](repeating: 9, count: windows.count)
          run()
          #expect(y64 == sums, "ISA \(isa.rawValue) \(g)")
        }
      }
    }

    @Test func invalidGeometry() {
      var generator = SplitMix(seed: 3)
      let valid = random(using: &generator)
      for path: WritableKeyPath<qcc_pool_geometry, Int32> in [
        \.in_height, \.in_width, \.channels, \.out_height, \.out_width, \.kernel_height, \.kernel_width,
        \.stride_height,
        \.stride_width,
      ] {
        var g = valid
        g[keyPath: path] = 0
        #expect(!qcc_pool_geometry_is_valid(&g))
      }
      var g = valid
      g.pad_top = g.kernel_height
      #expect(!qcc_pool_geometry_is_valid(&g), "a window without an input position")
      g = valid
      g.out_width += g.in_width
      #expect(!qcc_pool_geometry_is_valid(&g), "a window without an input position")
    }
  }
}

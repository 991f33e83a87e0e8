import CValueKernels
import Numbers
import Testing

extension KernelTests {
  /// Convolution, depthwise convolution and dense layers against their definition.
  @Suite struct LinearTests {
    /// Runs a packed layer with scratch memory of exactly the size it asks for.
    private func withScratch(_ bytes: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
      let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 1)
      defer { scratch.deallocate() }
      scratch.initializeMemory(as: UInt8.self, repeating: 0xA5, count: bytes)
      body(scratch)
    }

    @Test(arguments: 0..<150) func convolution(seed: Int) throws {
      var generator = SplitMix(seed: UInt64(seed))
      let g = qcc_conv_geometry.random(depthwise: false, using: &generator)
      try check(g, seed: seed, using: &generator, depthwise: false)
    }

    @Test(arguments: 0..<100) func depthwise(seed: Int) throws {
      var generator = SplitMix(seed: UInt64(1000 + seed))
      let g = qcc_conv_geometry.random(depthwise: true, using: &generator)
      try check(g, seed: seed, using: &generator, depthwise: true)
    }

    private func check(
      _ geometry: qcc_conv_geometry, seed: Int, using generator: inout SplitMix, depthwise: Bool
    ) throws {
      var g = geometry
      try #require(qcc_conv_geometry_is_valid(&g))
      // Narrow codes fit the 32-bit kernel, full-scale ones need the 64-bit one.
      for (codes, narrow) in [(Int16(-128)...127, true), (0...255, true), (Int16.min...Int16.max, false)] {
        let x = generator.codes(g.inputElements, in: codes)
        let weights = generator.codes(g.weightElements, in: codes)
        let pad = codes.contains(7) ? Int16.random(in: codes, using: &generator) : 0
        let expected = naiveConvolution(g, x: x.map(Int64.init), weights: weights.map(Int64.init), pad: Int64(pad))
        if depthwise {
          let packed = try #require(qcc_pack_depthwise(&g, weights))
          defer { qcc_free_depthwise(packed) }
          KernelTests.onEveryISA { isa in
            withScratch(qcc_depthwise_scratch_bytes(packed)) { scratch in
              var acc64 = [Int64](repeating: 99, count: g.outputElements)
              qcc_depthwise_i64(packed, x, pad, &acc64, scratch)
              #expect(acc64 == expected, "ISA \(isa.rawValue) \(g)")
              if narrow {
                var acc32 = [Int32](repeating: 99, count: g.outputElements)
                qcc_depthwise_i32(packed, x, pad, &acc32, scratch)
                #expect(acc32.map(Int64.init) == expected, "ISA \(isa.rawValue) \(g)")
              }
            }
          }
        } else {
          let packed = try #require(qcc_pack_conv(&g, weights))
          defer { qcc_free_conv(packed) }
          KernelTests.onEveryISA { isa in
            withScratch(qcc_conv_scratch_bytes(packed)) { scratch in
              var acc64 = [Int64](repeating: 99, count: g.outputElements)
              qcc_conv2d_i64(packed, x, pad, &acc64, scratch)
              #expect(acc64 == expected, "ISA \(isa.rawValue) \(g)")
              if narrow {
                var acc32 = [Int32](repeating: 99, count: g.outputElements)
                qcc_conv2d_i32(packed, x, pad, &acc32, scratch)
                #expect(acc32.map(Int64.init) == expected, "ISA \(isa.rawValue) \(g)")
              }
            }
          }
        }
      }
    }

    private func packDense(_ inputs: Int, _ outputs: Int, _ weights: [Int16]) -> OpaquePointer? {
      var geometry = qcc_conv_geometry.dense(inputs, outputs)
      return qcc_pack_conv(&geometry, weights)
    }

    @Test(arguments: [1, 2, 3, 7, 64, 301], [1, 10, 16, 33, 129])
    func dense(inputs: Int, outputs: Int) throws {
      var generator = SplitMix(seed: UInt64(inputs * 1000 + outputs))
      for (codes, narrow) in [(Int16(-128)...127, true), (Int16.min...Int16.max, false)] {
        let weights = generator.codes(inputs * outputs, in: codes)
        let packed = try #require(packDense(inputs, outputs, weights))
        defer { qcc_free_conv(packed) }
        for samples in [0, 1, 5, 13, 67] {
          let x = generator.codes(samples * inputs, in: codes)
          let expected: [Int64] = (0..<samples * outputs).map { index in
            let (s, o) = (index / outputs, index % outputs)
            return (0..<inputs).reduce(0) { $0 + Int64(x[s * inputs + $1]) * Int64(weights[$1 * outputs + o]) }
          }
          KernelTests.onEveryISA { isa in
            withScratch(qcc_dense_scratch_bytes(packed, samples)) { scratch in
              var acc64 = [Int64](repeating: 99, count: samples * outputs)
              qcc_dense_i64(packed, x, samples, &acc64, scratch)
              #expect(acc64 == expected, "ISA \(isa.rawValue)")
              if narrow {
                var acc32 = [Int32](repeating: 99, count: samples * outputs)
                qcc_dense_i32(packed, x, samples, &acc32, scratch)
                #expect(acc32.map(Int64.init) == expected, "ISA \(isa.rawValue)")
              }
            }
          }
        }
      }
    }

    /// Sums so long and codes so large that every partial sum of 32 bits would overflow.
    @Test(arguments: [(Int16.min, Int16.min), (.min, .max), (.max, .max)])
    func extremes(x: Int16, w: Int16) throws {
      let inputs = 3001
      let weights = [Int16](repeating: w, count: inputs * 3)
      let packed = try #require(packDense(inputs, 3, weights))
      defer { qcc_free_conv(packed) }
      KernelTests.onEveryISA { isa in
        withScratch(qcc_dense_scratch_bytes(packed, 2)) { scratch in
          var acc = [Int64](repeating: 0, count: 6)
          qcc_dense_i64(packed, [Int16](repeating: x, count: 2 * inputs), 2, &acc, scratch)
          #expect(acc == [Int64](repeating: Int64(inputs) * Int64(x) * Int64(w), count: 6), "ISA \(isa.rawValue)")
        }
      }
    }

    /// Partial sums may wrap when the sum itself fits.
    @Test func wrappingPartialSums() throws {
      let x = [Int16](repeating: .min, count: 8)
      let weights: [Int16] = [.min, .min, .min, .min, .max, .max, .max, .max]
      let packed = try #require(packDense(8, 1, weights))
      defer { qcc_free_conv(packed) }
      KernelTests.onEveryISA { isa in
        withScratch(qcc_dense_scratch_bytes(packed, 1)) { scratch in
          var acc: [Int32] = [0]
          qcc_dense_i32(packed, x, 1, &acc, scratch)
          #expect(acc == [4 * 32768], "ISA \(isa.rawValue)")
        }
      }
    }

    @Test func invalidGeometry() {
      var generator = SplitMix(seed: 1)
      let valid = qcc_conv_geometry.random(depthwise: false, using: &generator)
      var changed: [qcc_conv_geometry] = []
      for path: WritableKeyPath<qcc_conv_geometry, Int32> in [
        \.in_height, \.in_width, \.in_channels, \.out_height, \.out_width, \.out_channels, \.kernel_height,
        \.kernel_width,
        \.stride_height, \.stride_width, \.dilation_height, \.dilation_width, \.groups,
      ] {
        for value: Int32 in [0, -1] {
          var g = valid
          g[keyPath: path] = value
          changed.append(g)
        }
      }
      for path: WritableKeyPath<qcc_conv_geometry, Int32> in [\.pad_top, \.pad_left] {
        var g = valid
        g[keyPath: path] = -1
        changed.append(g)
      }
      var large = valid
      (large.out_height, large.out_width, large.out_channels) = (65536, 65536, 1)
      changed.append(large)
      for g in changed {
        var g = g
        #expect(!qcc_conv_geometry_is_valid(&g))
        #expect(qcc_pack_conv(&g, [0]) == nil)
        #expect(qcc_pack_depthwise(&g, [0]) == nil)
      }
    }
  }
}

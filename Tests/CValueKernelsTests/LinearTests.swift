import CValueKernels
import Numbers
import Testing

extension KernelTests {
  /// Convolution, depthwise convolution and dense layers against their definition.
  @Suite struct LinearTests {
    @Test(arguments: 0..<150) func convolution(seed: Int) throws {
      var generator = SplitMix(seed: UInt64(seed))
      let g = qcc_conv_geometry.random(depthwise: false, using: &generator)
      try check(g, using: &generator) { geometry, weights, input in
        qcc_pack_conv(&geometry, weights, input).map(PackedLayer.convolution)
      }
    }

    @Test(arguments: 0..<150) func depthwise(seed: Int) throws {
      var generator = SplitMix(seed: UInt64(1000 + seed))
      let g = qcc_conv_geometry.random(depthwise: true, using: &generator)
      try check(g, using: &generator) { geometry, weights, input in
        qcc_pack_depthwise(&geometry, weights, input).map(PackedLayer.depthwise)
      }
    }

    private func check(
      _ geometry: qcc_conv_geometry, using generator: inout SplitMix,
      pack: (inout qcc_conv_geometry, [Int16], qcc_codes) -> PackedLayer?
    ) throws {
      var g = geometry
      try #require(qcc_conv_geometry_is_valid(&g))
      for operands in Operands.some(using: &generator) {
        let x = generator.codes(g.inputElements, in: operands.codes)
        let weights = generator.codes(g.weightElements, in: operands.weights)
        let pad = operands.codes.contains(7) ? Int16.random(in: operands.codes, using: &generator) : 0
        let expected = naiveConvolution(g, x: x.map(Int64.init), weights: weights.map(Int64.init), pad: Int64(pad))
        let layer = try #require(pack(&g, weights, operands.input))
        defer { layer.free() }
        // Channels of groups are not those of the blocks of constants.
        let isWhole = g.groups == 1 || layer.isDepthwise
        let requantizer = isWhole ? Requantizer(sums: expected, channels: Int(g.out_channels), using: &generator) : nil
        defer { requantizer?.free() }
        check(
          layer, operands, operands.stored(x), pixels: 1, pad: operands.stored(pad), expected, requantizer: requantizer)
      }
    }

    /// Every way of running a layer, on every instruction set.
    private func check(
      _ layer: PackedLayer, _ operands: Operands, _ x: [UInt8], pixels: Int, pad: Int32, _ expected: [Int64],
      requantizer: Requantizer?
    ) {
      KernelTests.onEveryISA { isa in
        layer.withScratch(pixels: pixels) { scratch in
          if !operands.isByte {
            var acc64 = [Int64](repeating: 99, count: expected.count)
            layer.run(x, pixels: pixels, pad: pad, wide: &acc64, scratch)
            #expect(acc64 == expected, "ISA \(isa.rawValue) \(operands)")
          }
          guard operands.fits32 else { return }
          var acc32 = [Int32](repeating: 99, count: expected.count)
          layer.run(x, pixels: pixels, pad: pad, narrow: &acc32, scratch)
          #expect(acc32.map(Int64.init) == expected, "ISA \(isa.rawValue) \(operands)")
          if let requantizer {
            let codes = layer.codes(x, pixels: pixels, pad: pad, requantizer, count: expected.count, scratch)
            #expect(codes == requantizer.codes(of: expected), "ISA \(isa.rawValue) \(operands)")
          }
        }
      }
    }

    private func packDense(_ inputs: Int, _ outputs: Int, _ weights: [Int16], _ input: qcc_codes) -> PackedLayer? {
      var geometry = qcc_conv_geometry.dense(inputs, outputs)
      return qcc_pack_conv(&geometry, weights, input).map(PackedLayer.dense)
    }

    @Test(arguments: [1, 2, 3, 7, 64, 301], [1, 10, 16, 33, 129])
    func dense(inputs: Int, outputs: Int) throws {
      var generator = SplitMix(seed: UInt64(inputs * 1000 + outputs))
      for operands in Operands.some(using: &generator) {
        let weights = generator.codes(inputs * outputs, in: operands.weights)
        let layer = try #require(packDense(inputs, outputs, weights, operands.input))
        defer { layer.free() }
        for samples in [0, 1, 5, 13, 67] {
          let x = generator.codes(samples * inputs, in: operands.codes)
          let expected: [Int64] = (0..<samples * outputs).map { index in
            let (s, o) = (index / outputs, index % outputs)
            return (0..<inputs).reduce(0) { $0 + Int64(x[s * inputs + $1]) * Int64(weights[$1 * outputs + o]) }
          }
          let requantizer = Requantizer(sums: expected, channels: outputs, using: &generator)
          defer { requantizer?.free() }
          check(layer, operands, operands.stored(x), pixels: samples, pad: 0, expected, requantizer: requantizer)
        }
      }
    }

    @Test func wideWeightsBesideBytes() {
      var geometry = qcc_conv_geometry.dense(1, 1)
      let bytes = qcc_codes(bytes: 1, offset: 0, largest: 255)
      #expect(qcc_pack_conv(&geometry, [128], bytes) == nil)
      #expect(qcc_pack_depthwise(&geometry, [-129], bytes) == nil)
    }

    /// Sums so long and codes so large that every partial sum of 32 bits would overflow.
    @Test(arguments: [(Int16.min, Int16.min), (.min, .max), (.max, .max)])
    func extremes(x: Int16, w: Int16) throws {
      let inputs = 3001
      let weights = [Int16](repeating: w, count: inputs * 3)
      let layer = try #require(packDense(inputs, 3, weights, Operands.int16.input))
      defer { layer.free() }
      let codes = Operands.int16.stored([Int16](repeating: x, count: 2 * inputs))
      KernelTests.onEveryISA { isa in
        layer.withScratch(pixels: 2) { scratch in
          var acc = [Int64](repeating: 0, count: 6)
          layer.run(codes, pixels: 2, pad: 0, wide: &acc, scratch)
          #expect(acc == [Int64](repeating: Int64(inputs) * Int64(x) * Int64(w), count: 6), "ISA \(isa.rawValue)")
        }
      }
    }

    /// Partial sums may wrap when the sum itself fits.
    @Test func wrappingPartialSums() throws {
      let x = [Int16](repeating: .min, count: 8)
      let weights: [Int16] = [.min, .min, .min, .min, .max, .max, .max, .max]
      let layer = try #require(packDense(8, 1, weights, Operands.int16.input))
      defer { layer.free() }
      KernelTests.onEveryISA { isa in
        layer.withScratch(pixels: 1) { scratch in
          var acc: [Int32] = [0]
          layer.run(Operands.int16.stored(x), pixels: 1, pad: 0, narrow: &acc, scratch)
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
        #expect(qcc_pack_conv(&g, [0], Operands.int16.input) == nil)
        #expect(qcc_pack_depthwise(&g, [0], Operands.int16.input) == nil)
      }
    }
  }
}

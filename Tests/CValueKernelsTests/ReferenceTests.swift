import CValueKernels
import Numbers
import Testing

extension KernelTests {
  /// The float64 layers have documented semantics, a plain sum in order: equal to the definition to the last bit.
  @Suite struct ReferenceTests {
    private func values(_ count: Int, using generator: inout SplitMix) -> [Double] {
      (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
    }

    @Test(arguments: 0..<60) func convolution(seed: Int) throws {
      var generator = SplitMix(seed: UInt64(seed))
      let depthwise = seed % 3 == 0
      var g = qcc_conv_geometry.random(depthwise: depthwise, using: &generator)
      let x = values(g.inputElements, using: &generator)
      let weights = values(g.weightElements, using: &generator)
      let expected = naiveConvolution(g, x: x, weights: weights, pad: 0)
      KernelTests.onEveryISA { isa in
        var y = [Double](repeating: .nan, count: g.outputElements)
        qcc_ref_conv2d_f64(&g, x, weights, &y)
        #expect(y == expected, "ISA \(isa.rawValue) \(g)")
      }
    }

    @Test(arguments: [1, 3, 640], [1, 3, 16, 37, 128]) func dense(inputs: Int, outputs: Int) {
      var generator = SplitMix(seed: UInt64(inputs * 1000 + outputs))
      let samples = 3
      var row = qcc_conv_geometry.dense(inputs, outputs, samples: samples)
      let x = values(samples * inputs, using: &generator)
      let weights = values(inputs * outputs, using: &generator)
      let expected = (0..<samples * outputs).map { index in
        (0..<inputs).reduce(0.0) { $0 + x[index / outputs * inputs + $1] * weights[$1 * outputs + index % outputs] }
      }
      KernelTests.onEveryISA { isa in
        var y = [Double](repeating: .nan, count: samples * outputs)
        qcc_ref_conv2d_f64(&row, x, weights, &y)
        #expect(y == expected, "ISA \(isa.rawValue)")
      }
    }
  }
}

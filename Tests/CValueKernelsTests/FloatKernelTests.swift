import CValueKernels
import Numbers
import Testing

extension KernelTests {
  @Suite struct FloatKernelTests {
    struct Layer: Sendable, CustomTestStringConvertible {
      var geometry: qcc_conv_geometry
      var testDescription: String {
        let g = geometry
        return
          "\(g.in_height)x\(g.in_width)x\(g.in_channels) to \(g.out_channels), \(g.kernel_height)x\(g.kernel_width), "
          + "\(g.groups) groups"
      }

      init(
        _ input: (Int32, Int32, Int32), _ output: (Int32, Int32, Int32), _ kernel: (Int32, Int32),
        stride: Int32 = 1, dilation: Int32 = 1, padding: (Int32, Int32) = (0, 0), groups: Int32 = 1
      ) {
        geometry = qcc_conv_geometry(
          in_height: input.0, in_width: input.1, in_channels: input.2,
          out_height: output.0, out_width: output.1, out_channels: output.2,
          kernel_height: kernel.0, kernel_width: kernel.1, stride_height: stride, stride_width: stride,
          dilation_height: dilation, dilation_width: dilation, pad_top: padding.0, pad_left: padding.1, groups: groups)
      }
    }

    static let layers = [
      Layer((7, 9, 3), (7, 9, 5), (3, 3), padding: (1, 1)),
      Layer((8, 8, 16), (4, 4, 70), (3, 3), stride: 2),
      Layer((6, 31, 4), (6, 31, 33), (1, 1)),
      Layer((9, 9, 2), (5, 5, 17), (3, 3), dilation: 2),
      Layer((5, 5, 1), (3, 3, 2), (1, 1), stride: 2),
      Layer((6, 6, 8), (6, 6, 8), (3, 3), padding: (1, 1), groups: 8),
      Layer((7, 6, 37), (3, 2, 37), (3, 3), stride: 2, groups: 37),
      Layer((4, 4, 6), (4, 4, 12), (3, 3), padding: (1, 1), groups: 6),
      Layer((4, 4, 6), (4, 4, 4), (3, 3), padding: (1, 1), groups: 2),
      Layer((1, 1, 100), (1, 1, 21), (1, 1)),
    ]

    /// As near to float64 sums as float32 sums of so many terms are; the same bits on every instruction set and in every
    /// batch.
    @Test(arguments: layers) func convolution(_ layer: Layer) {
      var g = layer.geometry
      #expect(qcc_conv_geometry_is_valid(&g))
      let samples = 3
      let data = Numbers(g, samples: samples)
      let perSample = data.y / samples
      var expected: [Double] = []
      var magnitudes: [Double] = []
      for sample in 0..<samples {
        expected += reference(&g, data.sample(sample).map { Double($0) }, data.weights.map { Double($0) }, perSample)
        magnitudes += reference(
          &g, data.sample(sample).map { Double(abs($0)) }, data.weights.map { Double(abs($0)) }, perSample)
      }
      let channels = Int(g.out_channels)
      let terms = Double(g.kernel_height * g.kernel_width * g.in_channels / g.groups)
      var first: [Float]?
      KernelTests.onEveryISA { isa in
        var y = [Float](repeating: .nan, count: data.y)
        #expect(qcc_f32_conv2d(&g, samples, data.x, data.weights, data.bias, &y))
        for index in y.indices {
          let bias = Double(data.bias[index % channels])
          let bound = (terms + 1) * 0x1p-24 * 1.01 * (magnitudes[index] + abs(bias))
          #expect(abs(Double(y[index]) - expected[index] - bias) <= bound)
        }
        #expect(y == first ?? y, "ISA \(isa.rawValue)")
        first = y
        var alone = [Float](repeating: .nan, count: perSample)
        #expect(qcc_f32_conv2d(&g, 1, data.sample(samples - 1), data.weights, data.bias, &alone))
        #expect(alone == Array(y.suffix(perSample)))
      }
    }

    /// v v' summed up, v read off the definition of a convolution.
    @Test(arguments: layers, [1, 3]) func moments(_ layer: Layer, step: Int) {
      var g = layer.geometry
      let samples = 4
      let data = Numbers(g, samples: samples)
      var random = SplitMix(seed: 3)
      let wanted = (0..<data.y).map { _ in Float.random(in: -2...2, using: &random) }
      let size = qcc_moment_size(&g)
      let (groups, inputs, outputs) = (Int(g.groups), Int(g.in_channels / g.groups), Int(g.out_channels / g.groups))
      var expected = [Double](repeating: 0, count: groups * size * size)
      var position = 0
      for sample in 0..<samples {
        let x = data.sample(sample)
        for oy in 0..<Int(g.out_height) {
          for ox in 0..<Int(g.out_width) {
            defer { position += 1 }
            guard position % step == 0 else { continue }
            for group in 0..<groups {
              var v: [Double] = []
              for ky in 0..<Int(g.kernel_height) {
                for kx in 0..<Int(g.kernel_width) {
                  let iy = oy * Int(g.stride_height) + ky * Int(g.dilation_height) - Int(g.pad_top)
                  let ix = ox * Int(g.stride_width) + kx * Int(g.dilation_width) - Int(g.pad_left)
                  let isInside = (0..<Int(g.in_height)).contains(iy) && (0..<Int(g.in_width)).contains(ix)
                  for c in 0..<inputs {
                    let at = (iy * Int(g.in_width) + ix) * Int(g.in_channels) + group * inputs + c
                    v.append(isInside ? Double(x[at]) : 0)
                  }
                }
              }
              v.append(1)
              v += (0..<outputs).map { Double(wanted[position * Int(g.out_channels) + group * outputs + $0]) }
              for i in 0..<size {
                for j in 0..<size { expected[(group * size + i) * size + j] += v[i] * v[j] }
              }
            }
          }
        }
      }
      var first: [Double]?
      KernelTests.onEveryISA { isa in
        var moments = [Double](repeating: 0, count: expected.count)
        #expect(qcc_f32_moments(&g, samples, step, data.x, wanted, &moments))
        for group in 0..<groups {
          for i in 0..<size {
            for j in i..<size where i <= size - outputs - 1 || i == j {
              let at = (group * size + i) * size + j
              #expect(abs(moments[at] - expected[at]) <= 1e-4 * (1 + abs(expected[at])), "\(i), \(j)")
            }
          }
        }
        #expect(moments == first ?? moments, "ISA \(isa.rawValue)")
        first = moments
      }
    }

    @Test(arguments: [1, 2, 9, 40]) func choleskyAndSolution(n: Int) {
      var random = SplitMix(seed: UInt64(n))
      let rows = (0..<(2 * n)).map { _ in (0..<n).map { _ in Double.random(in: -1...1, using: &random) } }
      func a(_ i: Int, _ j: Int) -> Double { rows.reduce(i == j ? 0.1 : 0) { $0 + $1[i] * $1[j] } }
      let matrix = (0..<(n * n)).map { a($0 / n, $0 % n) }
      let x = (0..<(n * 3)).map { _ in Double.random(in: -1...1, using: &random) }
      let b = (0..<(n * 3)).map { at in (0..<n).reduce(0) { $0 + matrix[at / 3 * n + $1] * x[$1 * 3 + at % 3] } }
      KernelTests.onEveryISA { _ in
        var m = [Double](repeating: .nan, count: n * n)
        var solution = [Double](repeating: .nan, count: n * 3)
        #expect(qcc_inverse_cholesky(n, matrix, &m))
        #expect(qcc_cholesky_solve(n, 3, m, b, &solution))
        for index in x.indices { #expect(abs(solution[index] - x[index]) < 1e-9) }
      }
      let singular = [Double](repeating: 1, count: n * n)
      var m = [Double](repeating: .nan, count: n * n)
      #expect(qcc_inverse_cholesky(n, singular, &m) == (n == 1))
    }

    @Test func quantization() {
      let x: [Float] = [-3, -1.25, -0.75, -0.25, 0, 0.25, 0.75, 1.25, 1.3, 9] + (0..<23).map { Float($0) * 0.1 }
      var quantizer = qcc_f32_quantizer(scale: 0.5, zero_point: 3, low: 0, high: 7)
      let expected = x.map { 0.5 * (min(max(($0 / 0.5).rounded(.toNearestOrEven) + 3, 0), 7) - 3) }
      KernelTests.onEveryISA { _ in
        var y = [Float](repeating: .nan, count: x.count)
        qcc_f32_quantize(x.count, &quantizer, x, &y)
        #expect(y == expected)
        let error = zip(x, expected).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        #expect(abs(qcc_f32_quantization_error(x.count, &quantizer, x) - error) < 1e-5)
        #expect(abs(qcc_f32_squared_distance(x.count, x, expected) - error) < 1e-5)
      }
    }

    private func reference(_ g: inout qcc_conv_geometry, _ x: [Double], _ weights: [Double], _ count: Int) -> [Double] {
      var y = [Double](repeating: 0, count: count)
      qcc_ref_conv2d_f64(&g, x, weights, &y)
      return y
    }

    /// A layer's inputs, weights and biases at random, and how many outputs it has.
    private struct Numbers {
      var x: [Float]
      var weights: [Float]
      var bias: [Float]
      var y: Int
      private let perSample: Int

      init(_ g: qcc_conv_geometry, samples: Int) {
        var random = SplitMix(seed: 11)
        func numbers(_ count: Int32) -> [Float] { (0..<count).map { _ in Float.random(in: -2...2, using: &random) } }
        perSample = Int(g.in_height * g.in_width * g.in_channels)
        x = numbers(Int32(samples * perSample))
        weights = numbers(g.kernel_height * g.kernel_width * (g.in_channels / g.groups) * g.out_channels)
        bias = numbers(g.out_channels)
        y = samples * Int(g.out_height * g.out_width * g.out_channels)
      }

      func sample(_ index: Int) -> [Float] { Array(x[(index * perSample)..<((index + 1) * perSample)]) }
    }
  }
}

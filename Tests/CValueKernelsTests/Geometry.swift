import CValueKernels
import Numbers

extension qcc_conv_geometry {
  /// Every sample is a pixel of one row.
  static func dense(_ inputs: Int, _ outputs: Int, samples: Int = 1) -> qcc_conv_geometry {
    qcc_conv_geometry(
      in_height: 1, in_width: Int32(samples), in_channels: Int32(inputs), out_height: 1, out_width: Int32(samples),
      out_channels: Int32(outputs), kernel_height: 1, kernel_width: 1, stride_height: 1, stride_width: 1,
      dilation_height: 1, dilation_width: 1, pad_top: 0, pad_left: 0, groups: 1)
  }

  /// A random layer: odd and even channel counts, every kind of stride, dilation, padding and grouping.
  static func random(depthwise: Bool, using generator: inout SplitMix) -> qcc_conv_geometry {
    func pick(_ values: [Int32]) -> Int32 { values[Int.random(in: 0..<values.count, using: &generator)] }
    var g = qcc_conv_geometry()
    g.in_height = pick([1, 2, 5, 7, 9])
    g.in_width = pick([1, 3, 6, 8, 19])
    g.groups = depthwise ? pick([1, 3, 5, 8, 17, 33, 40, 64]) : pick([1, 1, 1, 2, 3])
    g.in_channels = g.groups * (depthwise ? 1 : pick([1, 2, 3, 5, 8, 16, 17, 40]))
    g.out_channels = g.groups * (depthwise ? pick([1, 1, 2, 3]) : pick([1, 3, 5, 10, 16, 17, 32, 33, 64, 70]))
    g.kernel_height = pick([1, 1, 2, 3, 5])
    g.kernel_width = pick([1, 1, 2, 3, 5])
    g.stride_height = pick([1, 1, 2, 3])
    g.stride_width = pick([1, 1, 2, 3])
    g.dilation_height = pick([1, 1, 2])
    g.dilation_width = pick([1, 1, 2])
    g.pad_top = pick([0, 0, 1, 2])
    g.pad_left = pick([0, 0, 1, 2])
    // Any output size is defined: the window may end inside the input, and may lie far outside it.
    g.out_height = pick([1, 2, 4, g.in_height])
    g.out_width = pick([1, 3, 8, 18, g.in_width])
    return g
  }

  var inputElements: Int { Int(in_height) * Int(in_width) * Int(in_channels) }
  var outputElements: Int { Int(out_height) * Int(out_width) * Int(out_channels) }
  var termsPerSum: Int { Int(kernel_height) * Int(kernel_width) * Int(in_channels / groups) }
  var weightElements: Int { termsPerSum * Int(out_channels) }
}

/// The definition, one output after the other: `sum x * w` over HWIO weights with padding value `pad`.
///
/// Depthwise weights [kh][kw][c][m] are HWIO weights with one input channel per group.
func naiveConvolution<Number: Numeric>(_ g: qcc_conv_geometry, x: [Number], weights: [Number], pad: Number) -> [Number]
{
  let (inputs, outputs) = (Int(g.in_channels / g.groups), Int(g.out_channels / g.groups))
  var result: [Number] = []
  for oy in 0..<Int(g.out_height) {
    for ox in 0..<Int(g.out_width) {
      for o in 0..<Int(g.out_channels) {
        var sum: Number = 0
        for ky in 0..<Int(g.kernel_height) {
          for kx in 0..<Int(g.kernel_width) {
            let iy = oy * Int(g.stride_height) + ky * Int(g.dilation_height) - Int(g.pad_top)
            let ix = ox * Int(g.stride_width) + kx * Int(g.dilation_width) - Int(g.pad_left)
            let inside = (0..<Int(g.in_height)).contains(iy) && (0..<Int(g.in_width)).contains(ix)
            for i in 0..<inputs {
              let channel = o / outputs * inputs + i
              let value = inside ? x[(iy * Int(g.in_width) + ix) * Int(g.in_channels) + channel] : pad
              sum += value * weights[((ky * Int(g.kernel_width) + kx) * inputs + i) * Int(g.out_channels) + o]
            }
          }
        }
        result.append(sum)
      }
    }
  }
  return result
}

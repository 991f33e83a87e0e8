import Numbers
import Targets
import Testing
import Tiling

/// Linear layers of the MLPerf Tiny networks, as in the published Keras files, with the bit widths of the thesis
/// (MobileNet fig. 3.7, ResNet fig. 3.10, DS-CNN fig. 3.15, FC-AutoEncoder fig. 3.21).
package struct ReferenceNetwork: CustomTestStringConvertible {
  package var name: String
  package var layers: [LinearLayerShape]
  package var testDescription: String { name }

  package static let all = [mobileNet, resNet8, dsCNN, fcAutoEncoder]

  package static let fcAutoEncoder = ReferenceNetwork(
    name: "FC-AutoEncoder",
    layers: zip(
      [640, 128, 128, 128, 128, 8, 128, 128, 128, 128], [128, 128, 128, 128, 8, 128, 128, 128, 128, 640]
    ).enumerated().map { index, sizes in
      let bits = [(4, 4), (16, 4), (8, 4), (4, 4), (4, 4), (16, 16), (8, 4), (4, 8), (8, 8), (16, 4)][index]
      return .dense(sizes.0, sizes.1, bits)
    })

  package static let resNet8 = ReferenceNetwork(
    name: "ResNet8",
    layers: [
      .same(.conv2D, 32, 3, 16, 3, 1, (16, 16)), .same(.conv2D, 32, 16, 16, 3, 1, (8, 8)),
      .same(.conv2D, 32, 16, 16, 3, 1, (8, 16)), .same(.conv2D, 32, 16, 32, 3, 2, (8, 8)),
      .same(.conv2D, 16, 32, 32, 3, 1, (8, 8)), .same(.conv2D, 32, 16, 32, 1, 2, (8, 8)),
      .same(.conv2D, 16, 32, 64, 3, 2, (8, 8)), .same(.conv2D, 8, 64, 64, 3, 1, (8, 4)),
      .same(.conv2D, 16, 32, 64, 1, 2, (8, 8)), .dense(64, 10, (16, 8)),
    ])

  package static let dsCNN = ReferenceNetwork(
    name: "DS-CNN",
    layers: {
      let bits = [(16, 16), (8, 8), (8, 4), (4, 8), (8, 4), (8, 4), (4, 4), (4, 16), (4, 4), (16, 8)]
      var layers: [LinearLayerShape] = [
        .same(
          .conv2D, MapExtents(rows: 49, columns: 10, channels: 1), 64, Extents(rows: 10, columns: 4),
          Extents(rows: 2, columns: 2), bits[0])
      ]
      let map = MapExtents(rows: 25, columns: 5, channels: 64)
      for block in 0..<4 {
        layers.append(.same(.depthwise, map, 64, Extents(rows: 3, columns: 3), .one, bits[1 + 2 * block]))
        layers.append(.same(.conv2D, map, 64, .one, .one, bits[2 + 2 * block]))
      }
      return layers + [.dense(64, 12, bits[9])]
    }())

  package static let mobileNet = ReferenceNetwork(
    name: "MobileNet",
    layers: {
      let bits = [
        (4, 4), (16, 16), (8, 16), (8, 8), (8, 16), (16, 4), (4, 4), (8, 4), (4, 8), (8, 8), (16, 8), (8, 8), (4, 16),
        (4, 8), (4, 4), (16, 8), (8, 8), (16, 16), (8, 4), (4, 16), (16, 4), (4, 8), (8, 8), (8, 8), (16, 4), (16, 4),
        (8, 4), (4, 4),
      ]
      var layers: [LinearLayerShape] = [.same(.conv2D, 96, 3, 8, 3, 2, bits[0])]
      // Depthwise stride and pointwise output channels of the 13 blocks.
      let blocks = [
        (1, 16), (2, 32), (1, 32), (2, 64), (1, 64), (2, 128), (1, 128), (1, 128), (1, 128), (1, 128), (1, 128),
        (2, 256), (1, 256),
      ]
      var (side, channels) = (48, 8)
      for (index, (stride, outputs)) in blocks.enumerated() {
        layers.append(.same(.depthwise, side, channels, channels, 3, stride, bits[1 + 2 * index]))
        side /= stride
        layers.append(.same(.conv2D, side, channels, outputs, 1, 1, bits[2 + 2 * index]))
        channels = outputs
      }
      return layers + [.dense(256, 2, bits[27])]
    }())
}

extension LinearLayerShape {
  package static func dense(_ inputs: Int, _ outputs: Int, _ bits: (Int, Int)) -> LinearLayerShape {
    LinearLayerShape(
      engine: .fullyConnected, input: MapExtents(rows: 1, columns: 1, channels: inputs),
      output: MapExtents(rows: 1, columns: 1, channels: outputs), activationBits: bits.0, weightBits: bits.1)
  }

  package static func same(
    _ engine: EngineKind, _ side: Int, _ inputs: Int, _ outputs: Int, _ kernel: Int, _ stride: Int, _ bits: (Int, Int)
  ) -> LinearLayerShape {
    same(
      engine, MapExtents(rows: side, columns: side, channels: inputs), outputs, Extents(rows: kernel, columns: kernel),
      Extents(rows: stride, columns: stride), bits)
  }

  /// Keras' `padding="same"`.
  package static func same(
    _ engine: EngineKind, _ input: MapExtents, _ outputs: Int, _ kernel: Extents, _ stride: Extents, _ bits: (Int, Int)
  ) -> LinearLayerShape {
    let rows = (input.rows + stride.rows - 1) / stride.rows
    let columns = (input.columns + stride.columns - 1) / stride.columns
    let padding = Padding(
      top: max((rows - 1) * stride.rows + kernel.rows - input.rows, 0) / 2,
      left: max((columns - 1) * stride.columns + kernel.columns - input.columns, 0) / 2)
    return LinearLayerShape(
      engine: engine, input: input, output: MapExtents(rows: rows, columns: columns, channels: outputs), kernel: kernel,
      stride: stride, padding: padding, activationBits: bits.0, weightBits: bits.1)
  }
}

import CValueKernels

/// One linear layer of a network, 8-bit codes.
struct Layer {
  enum Kind { case convolution, depthwise, dense }

  var name: String
  var kind: Kind
  var geometry: qcc_conv_geometry
  /// Samples per run (dense layers take a batch).
  var samples = 1

  /// Multiply-accumulates of one run.
  var macs: Double {
    let g = geometry
    let outputs = Double(g.out_height) * Double(g.out_width) * Double(g.out_channels)
    return outputs * Double(g.kernel_height * g.kernel_width * (g.in_channels / g.groups)) * Double(samples)
  }

  /// A square convolution with `same` padding.
  static func convolution(size: Int32, channels: Int32, to outputs: Int32, kernel: Int32, stride: Int32 = 1) -> Layer {
    let name = "conv \(kernel)x\(kernel)/\(stride) \(size)x\(size)x\(channels) -> \(outputs)"
    return Layer(
      name: name, kind: .convolution,
      geometry: same(size, size, channels, outputs, kernel: (kernel, kernel), stride: stride, groups: 1))
  }

  static func depthwise(size: Int32, channels: Int32, stride: Int32 = 1) -> Layer {
    Layer(
      name: "depthwise 3x3/\(stride) \(size)x\(size)x\(channels)", kind: .depthwise,
      geometry: same(size, size, channels, channels, kernel: (3, 3), stride: stride, groups: channels))
  }

  static func dense(_ inputs: Int32, to outputs: Int32, samples: Int = 1) -> Layer {
    Layer(
      name: "dense \(inputs) -> \(outputs), batch \(samples)", kind: .dense,
      geometry: same(1, 1, inputs, outputs, kernel: (1, 1), stride: 1, groups: 1), samples: samples)
  }

  static func same(
    _ height: Int32, _ width: Int32, _ channels: Int32, _ outputs: Int32, kernel: (Int32, Int32), stride: Int32,
    groups: Int32
  ) -> qcc_conv_geometry {
    let (outHeight, outWidth) = ((height + stride - 1) / stride, (width + stride - 1) / stride)
    return qcc_conv_geometry(
      in_height: height, in_width: width, in_channels: channels,
      out_height: outHeight, out_width: outWidth, out_channels: outputs,
      kernel_height: kernel.0, kernel_width: kernel.1, stride_height: stride, stride_width: stride,
      dilation_height: 1, dilation_width: 1,
      pad_top: max((outHeight - 1) * stride + kernel.0 - height, 0) / 2,
      pad_left: max((outWidth - 1) * stride + kernel.1 - width, 0) / 2, groups: groups)
  }
}

/// The linear layers of a network.
struct Network {
  var name: String
  var layers: [Layer]
  var samples = 1

  static let all = [resnet8, mobileNet, dscnn, autoEncoder]

  static let resnet8 = Network(
    name: "ResNet8",
    layers: [
      .convolution(size: 32, channels: 3, to: 16, kernel: 3),
      .convolution(size: 32, channels: 16, to: 16, kernel: 3),
      .convolution(size: 32, channels: 16, to: 16, kernel: 3),
      .convolution(size: 32, channels: 16, to: 32, kernel: 3, stride: 2),
      .convolution(size: 16, channels: 32, to: 32, kernel: 3),
      .convolution(size: 32, channels: 16, to: 32, kernel: 1, stride: 2),
      .convolution(size: 16, channels: 32, to: 64, kernel: 3, stride: 2),
      .convolution(size: 8, channels: 64, to: 64, kernel: 3),
      .convolution(size: 16, channels: 32, to: 64, kernel: 1, stride: 2),
      .dense(64, to: 10),
    ])

  static let mobileNet = Network(
    name: "MobileNet",
    layers: [.convolution(size: 96, channels: 3, to: 8, kernel: 3, stride: 2)]
      + [
        (48, 8, 16, 1), (48, 16, 32, 2), (24, 32, 32, 1), (24, 32, 64, 2), (12, 64, 64, 1), (12, 64, 128, 2),
        (6, 128, 128, 1), (6, 128, 128, 1), (6, 128, 128, 1), (6, 128, 128, 1), (6, 128, 128, 1), (6, 128, 256, 2),
        (3, 256, 256, 1),
      ].flatMap { (size, channels, outputs, stride) -> [Layer] in
        [
          .depthwise(size: size, channels: channels, stride: stride),
          .convolution(size: size / stride, channels: channels, to: outputs, kernel: 1),
        ]
      } + [.dense(256, to: 2)])

  static let dscnn: Network = {
    let first = Layer(
      name: "conv 10x4/2 49x10x1 -> 64", kind: .convolution,
      geometry: Layer.same(49, 10, 1, 64, kernel: (10, 4), stride: 2, groups: 1))
    let depthwise = Layer(
      name: "depthwise 3x3/1 25x5x64", kind: .depthwise,
      geometry: Layer.same(25, 5, 64, 64, kernel: (3, 3), stride: 1, groups: 64))
    let pointwise = Layer(
      name: "conv 1x1/1 25x5x64 -> 64", kind: .convolution,
      geometry: Layer.same(25, 5, 64, 64, kernel: (1, 1), stride: 1, groups: 1))
    return Network(
      name: "DS-CNN",
      layers: [first] + (0..<4).flatMap { _ in [depthwise, pointwise] } + [.dense(64, to: 12)])
  }()

  static let autoEncoder = Network(
    name: "FC-AutoEncoder",
    layers: [
      (640, 128), (128, 128), (128, 128), (128, 128), (128, 8), (8, 128), (128, 128), (128, 128), (128, 128),
      (128, 640),
    ].map { .dense($0, to: $1, samples: 256) },
    samples: 256)
}

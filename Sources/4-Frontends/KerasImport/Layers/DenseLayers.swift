import Diagnostics
import QIR

/// `Dense` and `QDense`.
enum DenseLayers {
  static let rows = [
    LayerRow(
      ["QDense": keys + .quantized("kernel", "bias"), "Dense": keys], notes: "along the last axis, activation=",
      read: dense)
  ]

  private static let keys =
    LayerKeys.read("units", "activation") + .bias + .trained("kernel") + .variables("kernel", "bias")

  private static func dense(_ layer: inout LayerReader) throws -> NodeID {
    let units = layer.check { try $0.config.int("units", in: 1...(1 << 24)) }
    let activation = layer.check { try $0.activation() }
    let bias = layer.check { try $0.bias(count: units) }
    let channels = layer.inputs?.first.map { layer.graph[$0].shape.channels }
    let kernel = layer.check {
      try $0.parameter("kernel", shape: [channels, units], quantizer: "kernel_quantizer", forKernel: true)
    }
    let input = try layer.input()
    guard let activation, let bias, let kernel else { throw Skipped() }
    return try layer.append(DenseOp(kernel: kernel, bias: bias), then: activation, inputs: [input])
  }
}

import QIR
import Reports

/// Counts a network's parameters, multiply-accumulates and bits.
package struct SummaryBuilder {
  package let graph: Graph

  package init(_ graph: Graph) {
    self.graph = graph
  }

  /// The thesis counts a network's input elements with this width (Eq. 2.4).
  private static let inputBits = 8

  /// Bits after Eq. 2.4 of the thesis: weights and biases times their widths; elements of quantized feature maps times
  /// theirs, and the network's input elements times 8.
  package var report: SummaryReport {
    let layers = graph.ids.map { id -> SummaryReport.Layer in
      let node = graph[id]
      let shapes = node.inputs.map { graph[$0].shape }
      var layer = SummaryReport.Layer(
        name: node.name, type: node.layerClass ?? type(of: node.op.attributes).mnemonic,
        inputs: node.inputs.map { graph[$0].name },
        shape: node.fileShape.extents, parameters: node.op.parameters.reduce(0) { $0 + $1.parameter.elements },
        macs: node.op.multiplyAccumulates(from: shapes, to: node.shape))
      var parameterBits = 0
      var featureMapBits = 0
      for (name, parameter) in node.op.parameters {
        parameterBits += parameter.elements * parameter.bits
        if name == "bias" {
          layer.biasQuantizer = parameter.writtenQuantizer
        } else {
          layer.kernelQuantizer = parameter.writtenQuantizer
        }
      }
      switch node.op {
      case .input: featureMapBits += node.shape.elements * Self.inputBits
      case .quantize(let op):
        featureMapBits += node.shape.elements * op.bits
        layer.outputQuantizer = op.description
      case .batchNormalization(let op): layer.parameters = op.storedParameters
      case .convolution, .depthwiseConvolution, .dense, .elementwise, .softmax, .add, .concatenate, .maxPool,
        .averagePool, .pad, .reshape, .transpose, .identity:
        break
      }
      layer.bits = .init(parameters: parameterBits, featureMaps: featureMapBits)
      return layer
    }
    return SummaryReport(layers: layers)
  }
}

extension Parameter {
  /// The quantizer as the model writes it, or the width alone.
  fileprivate var writtenQuantizer: String {
    switch self {
    case .quantized(let tensor): tensor.quantizer?.kind.description ?? "\(tensor.bits) bits"
    case .real: "float32"
    }
  }
}

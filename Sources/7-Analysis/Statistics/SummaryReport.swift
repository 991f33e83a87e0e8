import Presentation
import QIR

/// What `qcc summary` says of a network. Its JSON keys are a promise to other programs.
package struct SummaryReport: Report, Codable, Hashable, Sendable {
  /// Eq. 2.4 of the thesis: parameters times their bits, plus feature-map elements times their bits, plus the network's
  /// input elements times 8.
  package struct Bits: Codable, Hashable, Sendable {
    package var parameters: Int
    package var featureMaps: Int
    package var total: Int

    package init(parameters: Int, featureMaps: Int) {
      self.parameters = parameters
      self.featureMaps = featureMaps
      total = parameters + featureMaps
    }
  }

  package struct Layer: Codable, Hashable, Sendable {
    package var name: String
    /// The layer's class, as `QConv2D`.
    package var type: String
    /// Names of the layers whose outputs it reads.
    package var inputs: [String]
    /// The output's shape without its batch.
    package var shape: [Int]
    package var parameters: Int
    package var macs: Int
    /// Of the parameters and of the output where it is quantized.
    package var bits: Bits
    /// Text forms of the quantizers; absent where there are none.
    package var kernelQuantizer: String?
    package var biasQuantizer: String?
    package var outputQuantizer: String?

    package init(
      name: String, type: String, inputs: [String], shape: [Int], parameters: Int, macs: Int,
      bits: Bits = Bits(parameters: 0, featureMaps: 0), kernelQuantizer: String? = nil, biasQuantizer: String? = nil,
      outputQuantizer: String? = nil
    ) {
      self.name = name
      self.type = type
      self.inputs = inputs
      self.shape = shape
      self.parameters = parameters
      self.macs = macs
      self.bits = bits
      self.kernelQuantizer = kernelQuantizer
      self.biasQuantizer = biasQuantizer
      self.outputQuantizer = outputQuantizer
    }
  }

  package var parameters: Int
  package var macs: Int
  package var bits: Bits
  package var layers: [Layer]

  package init(layers: [Layer]) {
    parameters = layers.reduce(0) { $0 + $1.parameters }
    macs = layers.reduce(0) { $0 + $1.macs }
    bits = Bits(
      parameters: layers.reduce(0) { $0 + $1.bits.parameters },
      featureMaps: layers.reduce(0) { $0 + $1.bits.featureMaps })
    self.layers = layers
  }

  /// One line per layer and the totals.
  package var table: Table {
    var table = Table(columns: [
      .init("layer", minimumWidth: 8), .init("type", minimumWidth: 8),
      .init("inputs", minimumWidth: 6, isOptional: true),
      .init("shape"), .init("parameters", .right), .init("macs", .right),
      .init("quantizers", minimumWidth: 12, isOptional: true),
    ])
    for layer in layers {
      table.append([
        .text(layer.name), .text(layer.type), .text(layer.inputs.joined(separator: ", ")),
        .text(layer.shape.map(String.init).joined(separator: "x")), .integer(layer.parameters), .integer(layer.macs),
        .text(layer.quantizers),
      ])
    }
    table.setTotals([
      .text("total"), .text(""), .text(""), .text(""), .integer(parameters), .integer(macs), .text(""),
    ])
    return table
  }

  package func text(_ style: TextStyle) -> String {
    table.text(style)
      + "\nbits: \(grouped(bits.parameters)) parameters + \(grouped(bits.featureMaps)) feature maps"
      + " = \(grouped(bits.total)) total\n"
  }

  package func csv() -> String { table.csv() }

  /// The thesis counts a network's input elements with this width (Eq. 2.4).
  private static let inputBits = 8

  /// Bits after Eq. 2.4 of the thesis: weights and biases times their widths; elements of quantized feature maps times
  /// theirs, and the network's input elements times 8.
  package init(_ model: Model) {
    let graph = model.graph
    let layers = graph.ids.map { id -> Layer in
      let node = graph[id]
      var layer = Layer(
        name: node.name, type: model.provenance.className(of: node) ?? node.op.mnemonic,
        inputs: node.inputs.map { graph[$0].name },
        shape: node.fileShape.extents, parameters: node.op.parameters.reduce(0) { $0 + $1.parameter.elements },
        macs: node.products)
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
      if node.op is InputOp { featureMapBits = node.shape.elements * Self.inputBits }
      if let op = node.op as? QuantizeOp {
        featureMapBits = node.shape.elements * op.bits
        layer.outputQuantizer = op.description
      }
      if let op = node.op as? BatchNormalizationOp { layer.parameters = op.storedParameters }
      layer.bits = .init(parameters: parameterBits, featureMaps: featureMapBits)
      return layer
    }
    self.init(layers: layers)
  }
}

extension SummaryReport.Layer {
  fileprivate var quantizers: String {
    let named = [("kernel", kernelQuantizer), ("bias", biasQuantizer), ("output", outputQuantizer)]
    return named.compactMap { role, quantizer in quantizer.map { "\(role) \($0)" } }.joined(separator: ", ")
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

import Presentation

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
}

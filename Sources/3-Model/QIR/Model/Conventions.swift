/// What a model's file format calls things, and what it means by what it leaves out. Messages speak its language.
package struct Conventions: Sendable {
  /// What quantizes a feature map.
  package var quantizer: String
  /// The same with an example.
  package var exampleQuantizer: String
  /// How to quantize the weights of a layer.
  package var quantizingWeights: String
  /// How to get scales that do not differ along an input axis.
  package var avoidingInputScales: String
  /// Up to this width weights without quantizers are taken as they are, where they are exact in it; nil: as far as the
  /// compiler can.
  package var unquantizedWeightBits: Int?

  package init(
    quantizer: String, exampleQuantizer: String, quantizingWeights: String, avoidingInputScales: String,
    unquantizedWeightBits: Int?
  ) {
    self.quantizer = quantizer
    self.exampleQuantizer = exampleQuantizer
    self.quantizingWeights = quantizingWeights
    self.avoidingInputScales = avoidingInputScales
    self.unquantizedWeightBits = unquantizedWeightBits
  }

  /// Of graphs that come from no file.
  package static let ofGraphs = Conventions(
    quantizer: "a quantizer", exampleQuantizer: "a quantizer", quantizingWeights: "give the layer quantized weights",
    avoidingInputScales: "use one scale per output channel", unquantizedWeightBits: 16)
}

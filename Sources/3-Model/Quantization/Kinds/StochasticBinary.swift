import Diagnostics

/// QKeras' `stochastic_binary`: random while training, at inference `binary`.
package struct StochasticBinary: AlphaQuantizerKind {
  package static let names = ["stochastic_binary"]
  package static let parameters = ["alpha", "temperature", "use_real_sigmoid"]

  package private(set) var inference: Binary

  package init(_ arguments: inout QuantizerArguments) {
    arguments.ignore("temperature", "use_real_sigmoid")
    inference = Binary(&arguments)
  }

  package var quantizer: Quantizer { .stochasticBinary(self) }

  package var alpha: Alpha {
    get { inference.alpha }
    set { inference.alpha = newValue }
  }

  package var bits: Int { inference.bits }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    try inference.featureMap(at: location)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    try inference.quantize(values, shape: shape, at: location)
  }

  package var description: String { "stochastic_\(inference.description)" }
}

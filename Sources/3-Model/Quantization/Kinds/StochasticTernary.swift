import Diagnostics

/// QKeras' `stochastic_ternary`: random while training, at inference `ternary`.
package struct StochasticTernary: AlphaQuantizerKind {
  package static let names = ["stochastic_ternary"]
  package static let parameters = ["alpha", "threshold", "temperature", "use_real_sigmoid", "number_of_unrolls"]

  package private(set) var inference: Ternary

  package init(_ arguments: inout QuantizerArguments) {
    arguments.ignore("temperature", "use_real_sigmoid")
    inference = Ternary(&arguments)
  }

  package var quantizer: Quantizer { .stochasticTernary(self) }

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

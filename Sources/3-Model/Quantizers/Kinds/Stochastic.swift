import Diagnostics
import Quantization

/// QKeras' `stochastic_binary` and `stochastic_ternary`: random while training, at inference `binary` and `ternary`.
package struct Stochastic<Inference: StochasticInference>: AlphaQuantizer {
  package static var names: [String] { Inference.names.map { "stochastic_\($0)" } }
  package static var parameters: [String] { Inference.stochasticParameters }

  private var inference: Inference

  package init(_ inference: Inference) {
    self.inference = inference
  }

  package init(_ arguments: inout QuantizerArguments) {
    arguments.ignore("temperature", "use_real_sigmoid")
    if arguments.take("use_stochastic_rounding") != nil {
      arguments.refuse("unknown argument 'use_stochastic_rounding'", fix: "leave it out")
    }
    inference = Inference(&arguments)
    if (inference as? Ternary)?.threshold == 1 {
      arguments.refuse("threshold = 1, at which training draws nothing", fix: "set threshold to another number")
    }
  }

  package var alpha: Alpha {
    get { inference.alpha }
    set { inference.alpha = newValue }
  }

  package var bits: Int { inference.bits }
  package var isNarrow: Bool { inference.isNarrow }
  package var dataType: DataType { Inference.stochasticType }
  package var isKnownToQTools: Bool { true }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    try inference.featureMap(at: location)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    try inference.quantize(values, shape: shape, at: location)
  }

  package var description: String { "stochastic_\(inference.description)" }
}

/// A kind that has a stochastic twin.
package protocol StochasticInference: AlphaQuantizer {
  /// The parameters of the twin's constructor.
  static var stochasticParameters: [String] { get }
  static var stochasticType: DataType { get }
}

extension Binary: StochasticInference {
  package static let stochasticParameters = ["alpha", "temperature", "use_real_sigmoid"]
  package static let stochasticType = DataType(.stochasticBinary, bits: 1, integerBits: 1, isSigned: true)
}

extension Ternary: StochasticInference {
  package static let stochasticParameters = [
    "alpha", "threshold", "temperature", "use_real_sigmoid", "number_of_unrolls",
  ]
  package static let stochasticType = DataType(.stochasticTernary, bits: 2, integerBits: 2, isSigned: true)
}

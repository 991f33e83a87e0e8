import Diagnostics

/// QKeras' `bernoulli`: 1 with probability sigmoid(temperature x), also at inference. A model may hold it where it is not
/// used; there is no fixed network to compile where it is.
package struct Bernoulli: QuantizerKind {
  package static let names = ["bernoulli"]
  package static let parameters = ["alpha", "temperature", "use_real_sigmoid"]

  package init(_ arguments: inout QuantizerArguments) {
    _ = arguments.alpha()
    arguments.ignore("temperature", "use_real_sigmoid")
  }

  package var quantizer: Quantizer { .bernoulli(self) }

  package var bits: Int { 1 }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    throw isRandom(at: location)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    throw isRandom(at: location)
  }

  private func isRandom(at location: Diagnostic.Location) -> Diagnostic {
    Diagnostic(
      "bernoulli draws random numbers at inference too", at: location, supported: "quantizers with one result",
      fix: "use binary(use_01=True), which is its most probable value")
  }

  package var description: String { "bernoulli()" }
}

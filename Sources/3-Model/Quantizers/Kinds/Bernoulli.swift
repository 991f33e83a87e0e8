import Diagnostics
import Numbers
import Quantization

/// QKeras' `bernoulli`: 1 with probability sigmoid(temperature x / std), else 0, at inference too. There is no fixed network
/// to compile where it is used, save for weights that are so large that the draw is certain.
package struct Bernoulli: AlphaQuantizer {
  package static let names = ["bernoulli"]
  package static let parameters = ["alpha", "temperature", "use_real_sigmoid"]

  private let temperature: Float
  private let usesRealSigmoid: Bool
  /// What is multiplied with the draws: `binary(use_01=True)` finds it.
  private var mostProbable: Binary

  package init(alpha: Alpha = .none, temperature: Float = 6, usesRealSigmoid: Bool = true) {
    self.temperature = temperature
    self.usesRealSigmoid = usesRealSigmoid
    mostProbable = Binary(uses01: true, alpha: alpha)
  }

  package init(_ arguments: inout QuantizerArguments) {
    let temperature = Float(arguments.number("temperature", default: 6) ?? 6)
    let usesRealSigmoid = arguments.bool("use_real_sigmoid", default: true)
    self.init(alpha: arguments.alpha(), temperature: temperature, usesRealSigmoid: usesRealSigmoid)
  }

  package var alpha: Alpha {
    get { mostProbable.alpha }
    set { mostProbable.alpha = newValue }
  }

  package var bits: Int { 1 }
  package var dataType: DataType { DataType(.bernoulli, bits: 1, integerBits: 1, isSigned: false) }
  package var isKnownToQTools: Bool { true }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    throw isRandom("", at: location)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    let positions = values.map { $0 * temperature }
    let deviations = mostProbable.alpha.dependsOnData ? standardDeviations(positions, shape: shape) : [1]
    let uncertain = positions.indices.filter { index in
      let position = positions[index] / deviations[index % deviations.count]
      // TensorFlow draws multiples of 2^-23: 1 and 0 come out for sure where the probability is as near to them.
      let probability = usesRealSigmoid ? Float(ElementaryMath.logistic(Double(position))) : position.qkerasHardSigmoid
      return probability < 1 && probability > 0x1p-24
    }
    guard uncertain.isEmpty else { throw isRandom(" for \(uncertain.count) of \(values.count) weights", at: location) }
    return try mostProbable.quantize(values, shape: shape, at: location)
  }

  /// Over all axes but the last; of all where there is one axis.
  private func standardDeviations(_ positions: [Float], shape: [Int]) -> [Float] {
    let channels = shape.count > 1 ? shape[shape.count - 1] : 1
    return (0..<channels).map { channel in
      let own = stride(from: channel, to: positions.count, by: channels).map { Double(positions[$0] / temperature) }
      let mean = own.reduce(0, +) / Double(own.count)
      let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)
      return Float(variance.squareRoot()) + LeastSquaresScale.epsilon
    }
  }

  private func isRandom(_ part: String, at location: Diagnostic.Location) -> Diagnostic {
    Diagnostic(
      "bernoulli draws random numbers at inference too\(part)", at: location, supported: "quantizers with one result",
      fix: "use binary(use_01=True), which is its most probable value")
  }

  package var description: String { mostProbable.alpha.argument.map { "bernoulli(\($0))" } ?? "bernoulli()" }
}

import FloatEngine
import Plans
import QIR

/// A plan with everything decided, and what deciding it found.
package struct Calibration: Sendable {
  /// What became of a layer's weights.
  package struct Layer: Sendable {
    package var name: String
    /// What helped on inputs that it was not fitted to.
    package var method: FitMethod
    /// How much larger the mean squared error on the other half of the inputs is than on the half that the layer was fitted
    /// to: far above 1 where a few inputs say too little of others.
    package var gap: Double
    /// The squared error of its outputs, and the sum of the squares of those wanted, of inputs that it was not fitted to.
    package var lost: Double
    package var energy: Double
  }

  package var plan: QuantizationPlan
  package var layers: [Layer]
  /// What the network hands out on the calibration inputs (`FloatNetwork.results`): in float and quantized.
  package var results: [(float: Batch, quantized: Batch)]
}

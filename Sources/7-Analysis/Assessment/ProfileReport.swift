import Presentation

/// What `qcc profile` says of a float network on some inputs. Its JSON keys are a promise to other programs.
package struct ProfileReport: Report, Hashable, Sendable {
  package struct Layer: Encodable, Hashable, Sendable {
    package var name: String
    /// What it reads: one of `maps`, or several that stand side by side.
    package var maps: [String]
    package var weights: TensorProfile
  }

  /// How many samples were looked at.
  package var samples: Int
  /// That tensors were tried in, in bits.
  package var widths: [Int]
  /// What a quantizer stands behind, in the network's order.
  package var maps: [TensorProfile]
  package var layers: [Layer]
}

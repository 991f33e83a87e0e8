import Presentation

/// What `qcc quantize` says of the network that it made. Its JSON keys are a promise to other programs; what was not asked for is
/// absent. All numbers of the quantized network are its integer program's.
package struct QuantizeReport: Report, Hashable, Sendable {
  /// Against labels.
  package struct Metric: Encodable, Hashable, Sendable {
    /// `accuracy` or `auc`, 0 to 1.
    package var name: String
    package var float: Double
    package var quantized: Double
    /// Of the quantized network's.
    package var interval: Interval
    /// quantized - float, on the same samples.
    package var difference: Double
    package var differenceInterval: Interval
  }

  package struct Layer: Encodable, Hashable, Sendable {
    package var name: String
    /// In dB; absent where nothing is lost, or all is zero.
    package var weightSqnr: Double?
    /// The part of its weights that are 0.
    package var weightZeros: Double
    /// Of the map in front of it.
    package var mapSqnr: Double?
    package var weightBits: Int
    package var mapBits: Int
  }

  /// A feature map with all that was lost on the way to it.
  package struct Map: Encodable, Hashable, Sendable {
    package var name: String
    package var bits: Int
    /// In dB; absent where nothing is lost, or all is zero.
    package var sqnr: Double?
    package var channels: Int
    /// Channels that were 0 in every sample: of dead ReLUs, or of pruned filters.
    package var deadChannels: Int
  }

  /// A row of the comparison of widths.
  package struct Row: Encodable, Hashable, Sendable {
    package var bits: Int
    package var metric: Metric?
    package var agreement: Double
    package var outputSqnr: Double?
    /// Parameters, maps and inputs, after Eq. 2.4 of the thesis.
    package var totalBits: Int
    /// Of a network of 32-bit numbers, what is left, 0 to 1.
    package var remaining: Double
    package var tiles: Int
    package var idealSpeedup: Double
    package var cycles: Int
    /// What the tiles move and compute, in pJ; absent where nothing runs on the accelerator's engines.
    package var energy: Double?
  }

  /// How many samples judged, and whether calibration had seen them.
  package var samples: Int
  package var isHeldOut: Bool
  package var metric: Metric?
  /// The part of the samples of which the largest result is the float network's.
  package var agreement: Double
  package var agreementInterval: Interval
  /// In dB; absent where nothing is lost.
  package var outputSqnr: Double?
  package var outputSqnrInterval: Interval?
  /// Mean Kullback-Leibler divergence of the results' distribution from the float network's, in nats.
  package var outputDivergence: Double?
  package var outputDivergenceInterval: Interval?
  package var layers: [Layer]
  /// Those of `layers` and all others, in the network's order.
  package var maps: [Map]
  package var bits: Int
  package var comparison: [Row]?
  package var seconds: Double
}

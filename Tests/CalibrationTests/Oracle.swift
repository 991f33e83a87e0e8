import Foundation
import TestSupport

/// What NumPy says (`testdata/calibration.py`).
struct Oracle: Decodable, Sendable {
  struct Map: Decodable, Sendable {
    var name: String
    var values: [Float]
    /// The least squared error in 2, 4 and 8 bits.
    var leastError: [Double]
    /// Without one percent at either end.
    var percentile: [Double]
    var minMax: [Double]
  }

  struct Descent: Decodable, Sendable {
    var codes: [Double]
    var scales: [Double]
    var errors: [Double]
  }

  struct Layer: Decodable, Sendable {
    var terms: Int
    var outputs: Int
    var top: Double
    var inputs: [Float]
    var weights: [Double]
    var wanted: [Float]
    var leastSquares: [Double]
    var scales: [Double]
    var codes: [Double]
    /// From these codes and scales on: the scales as they are, and the best ones.
    var descents: [Descent]
    var gain: [Double]
    var bias: [Double]
    var errors: [Double]
  }

  /// Codes of the layer's weights by other rules, and which of them matter least.
  struct Roundings: Decodable, Sendable {
    var scales: [Double]
    var share: Double
    var seed: UInt64
    var nearest: [Double]
    var stochastic: [Double]
    var midrise: [Double]
    var magnitude: [Bool]
    var saliency: [Bool]
    /// With error feedback where those of little saliency are pruned.
    var feedback: [Double]
  }

  var maps: [Map]
  var layer: Layer
  var roundings: Roundings

  static func read() throws -> Oracle {
    try JSONDecoder().decode(
      Oracle.self, from: Data(contentsOf: URL(filePath: Repository.testdata + "/calibration.json")))
  }
}

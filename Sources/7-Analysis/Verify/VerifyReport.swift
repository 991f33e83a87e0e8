import Presentation

/// What `qcc verify` found. Its JSON keys are a promise to other programs; what was not asked for is absent.
package struct VerifyReport: Report, Codable, Hashable, Sendable {
  /// Codes against those of another program.
  package struct Comparison: Codable, Hashable, Sendable {
    package var elements: Int
    /// Codes that differ where there is no tie.
    package var mismatches = 0
    package var ties = 0
  }

  /// Simulator against float reference, one quantized tensor over all samples.
  package struct TensorComparison: Codable, Hashable, Sendable {
    package var name: String
    package var elements = 0
    /// Codes that differ where the reference is no tie.
    package var mismatches = 0
    /// Reference values on a rounding boundary.
    package var ties = 0

    static func += (tensor: inout TensorComparison, part: Comparison) {
      tensor.elements += part.elements
      tensor.mismatches += part.mismatches
      tensor.ties += part.ties
    }
  }

  /// Requantization channels, and how many of them are proved exact for every reachable accumulator.
  package struct Proofs: Codable, Hashable, Sendable {
    package var channels: Int
    package var proved: Int

    package init(channels: Int, proved: Int) {
      self.channels = channels
      self.proved = proved
    }
  }

  /// Simulator against the compiled C.
  package struct Emitted: Codable, Hashable, Sendable {
    package var ran: Bool
    package var mismatches: Int
  }

  /// Fractions of right answers, 0 to 1.
  package struct Accuracy: Codable, Hashable, Sendable {
    package var reference: Double
    package var accelerator: Double
  }

  /// The first code that differs.
  package struct Difference: Codable, Hashable, Sendable {
    package var tensor: String
    /// The layer that made the tensor.
    package var layer: String
    /// Sample, row, column, channel.
    package var index: [Int]
    package var expected: Double
    package var found: Double
    /// What `expected` comes from: `float reference`, `golden`, …
    package var against: String
  }

  /// No mismatch anywhere and every channel proved.
  package var bitExact: Bool
  package var samples: Int
  package var tensors: [TensorComparison]
  /// How many tensors of the program are no reference's: passes made them on the way to others. Absent where there are none.
  package var unpairedTensors: Int?
  package var proofs: Proofs
  /// Against the outputs stored in a golden file.
  package var golden: Comparison?
  package var emitted: Emitted?
  /// What was asked for, or is there, and was not compared, in words. Absent where there is nothing.
  package var notCompared: [String]?
  package var accuracy: Accuracy?
  package var firstDifference: Difference?

  package init(
    samples: Int, tensors: [TensorComparison], unpaired: Int = 0, proofs: Proofs, golden: Comparison? = nil,
    emitted: Emitted? = nil, notCompared: [String] = [], accuracy: Accuracy? = nil, firstDifference: Difference? = nil
  ) {
    self.samples = samples
    self.tensors = tensors
    unpairedTensors = unpaired > 0 ? unpaired : nil
    self.proofs = proofs
    self.golden = golden
    self.emitted = emitted
    self.notCompared = notCompared.isEmpty ? nil : notCompared
    self.accuracy = accuracy
    self.firstDifference = firstDifference
    let mismatches = tensors.reduce(0) { $0 + $1.mismatches } + (golden?.mismatches ?? 0) + (emitted?.mismatches ?? 0)
    bitExact = mismatches == 0 && proofs.proved == proofs.channels
  }
}

import IntegerProgram
import Numbers

/// The requantization of a layer with its proof: each channel's integer function equals its ideal function for every
/// accumulator that the channel can reach.
package struct RequantizationProof {
  /// One ideal function per channel, or one for all.
  let ideals: [IdealFunction]
  /// What each channel's accumulator can reach.
  let accumulators: PerChannel<CodeRange>

  package init(ideals: [IdealFunction], accumulators: PerChannel<CodeRange>) {
    self.ideals = ideals
    self.accumulators = accumulators
  }

  package struct Result {
    package var requantization: Requantization
    /// The channels that could not be proved.
    package var unproved: [Int]
  }

  package var result: Result {
    let affines = ideals.map(\.affine)
    if let clamp = affines.first??.clamp, affines.allSatisfy({ $0?.clamp == clamp }) {
      let requantizers = ideals.indices.map { channel in
        affines[channel].flatMap { AffineProof(ideal: $0, accumulators: accumulators[channel])?.requantizer }
      }
      if requantizers.allSatisfy({ $0 != nil }) {
        return Result(
          requantization: Requantization(
            channels: PerChannel(requantizers.compactMap { $0.map(Requantizer.affine) }), clamp: clamp),
          unproved: [])
      }
    }
    let tables = ideals.indices.map { TableProof(ideal: ideals[$0], accumulators: accumulators[$0]).table }
    let range = ideals.map(\.tail.quantizer.format.range).hull() ?? 0...0
    return Result(
      requantization: Requantization(
        channels: PerChannel(
          tables.map { .table($0 ?? ThresholdTable(thresholds: [], codes: [range.lowerBound])) }), clamp: range),
      unproved: tables.indices.filter { tables[$0] == nil })
  }
}

import IntegerProgram
import Numbers
import Synchronization

/// Requantizations that were found and proved: of layers, by the ideal functions of all their channels and what their accumulators
/// can reach, and of single channels, by the ideal function that a requantizer equals and the accumulators that it does it for. Of
/// networks that differ in some widths most layers are the same, and of the others most channels.
package final class ProofMemory: Sendable {
  /// Some hundred bytes each; what comes behind them is found anew each time.
  private static let mostChannels = 1 << 18
  private let channels = Mutex<[AffineProof.Question: AffineRequantizer?]>([:])

  /// The same of the channels of layers.
  private static let mostChannelsOfLayers = 1 << 16
  private let layers = Mutex(Layers())

  private struct Layers {
    var known: [RequantizationProof.Question: RequantizationProof.Result?] = [:]
    var channels = 0
  }

  package init() {}

  /// `proof.requantizer`
  func requantizer(of proof: AffineProof) -> AffineRequantizer? {
    let question = proof.question
    if let known = channels.withLock({ $0[question] }) { return known }
    let requantizer = proof.requantizer
    channels.withLock { channels in
      if channels.count < Self.mostChannels { channels[question] = .some(requantizer) }
    }
    return requantizer
  }

  /// What `find` finds, of which the question says everything.
  func result(
    of question: RequantizationProof.Question, _ find: () -> RequantizationProof.Result?
  ) -> RequantizationProof.Result? {
    if let known = layers.withLock({ $0.known[question] }) { return known }
    let result = find()
    layers.withLock { layers in
      layers.channels += question.channels.count
      if layers.channels <= Self.mostChannelsOfLayers { layers.known[question] = .some(result) }
    }
    return result
  }
}

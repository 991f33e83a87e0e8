import IntegerProgram
import Synchronization

/// Requantizers that were found and proved, by the ideal function that they equal and the accumulators that they do it for. Of
/// networks that differ in some widths most channels are the same.
package final class ProofMemory: Sendable {
  /// Some hundred bytes each; what comes behind them is found anew each time.
  private static let most = 1 << 18
  private let known = Mutex<[AffineProof.Question: AffineRequantizer?]>([:])

  package init() {}

  /// `proof.requantizer`
  func requantizer(of proof: AffineProof) -> AffineRequantizer? {
    let question = proof.question
    if let known = known.withLock({ $0[question] }) { return known }
    let requantizer = proof.requantizer
    known.withLock { known in
      if known.count < Self.most { known[question] = .some(requantizer) }
    }
    return requantizer
  }
}

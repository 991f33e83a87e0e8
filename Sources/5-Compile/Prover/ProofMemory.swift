import IntegerProgram
import Numbers
import Synchronization

/// Requantizations that were found and proved: of layers, by the ideal functions of all their channels and what their accumulators
/// can reach, and of single channels, by the ideal function that a requantizer equals and the accumulators that it does it for. Of
/// networks that differ in some widths most layers are the same, and of the others most channels.
package final class ProofMemory: Sendable {
  private let channels = Answers<AffineProof.Question, AffineRequantizer?>(most: 1 << 18)
  /// A layer counts as many times as it has channels.
  private let layers = Answers<RequantizationProof.Question, RequantizationProof.Result?>(most: 1 << 16)

  package init() {}

  /// `proof.requantizer`
  func requantizer(of proof: AffineProof) -> AffineRequantizer? {
    channels.answer(to: proof.question) { proof.requantizer }
  }

  /// What `find` finds, of which the question says everything.
  func result(
    of question: RequantizationProof.Question, _ find: () -> RequantizationProof.Result?
  ) -> RequantizationProof.Result? {
    layers.answer(to: question, size: question.channels.count, find)
  }
}

/// Answers by question, up to a size in all: what comes behind that is found anew each time.
private final class Answers<Question: Hashable & Sendable, Answer: Sendable>: Sendable {
  private struct Known {
    var answers: [Question: Answer] = [:]
    var size = 0
  }

  private let known = Mutex(Known())
  private let most: Int

  init(most: Int) { self.most = most }

  func answer(to question: Question, size: Int = 1, _ find: () -> Answer) -> Answer {
    if let answer = known.withLock({ $0.answers[question] }) { return answer }
    let answer = find()
    known.withLock { known in
      known.size += size
      if known.size <= most { known.answers[question] = answer }
    }
    return answer
  }
}

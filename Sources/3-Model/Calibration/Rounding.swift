/// How weights become codes.
package enum Rounding: Sendable, Equatable {
  /// Of all that changes weights for the sake of what they make, what loses least on inputs that it was not fitted to.
  case best
  /// The nearest code.
  case nearest
  /// Each error is handed on to the weights behind it.
  case feedback
  /// Up or down by chance, in proportion to how near: right in the mean.
  case stochastic(seed: UInt64)
  /// The nearest odd code: as many levels on either side of 0, which is none of them.
  case midrise
  /// `best`, and where a layer loses more than this share of its outputs' energy, what is missing in further layers beside it
  /// (Liu et al. 2020, arXiv 2002.09049, with least squares in place of their greedy search).
  case multipoint(lost: Double)

  /// What layers are fitted by: several where inputs have to choose.
  package var methods: [FitMethod] {
    switch self {
    case .best, .multipoint: FitMethod.all
    case .nearest: [.nearest, .plain]
    case .feedback: [.feedback]
    case .stochastic(let seed): [.stochastic(seed: seed)]
    case .midrise: [.midrise]
    }
  }
}

extension Rounding {
  /// `best`, `stochastic:7`, `multipoint:0.01`
  package init?(_ text: String) {
    let words = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    switch (words[0], words.count) {
    case ("best", 1): self = .best
    case ("nearest", 1): self = .nearest
    case ("feedback", 1): self = .feedback
    case ("midrise", 1): self = .midrise
    case ("stochastic", _):
      guard let seed = words.count == 1 ? 1 : UInt64(words[1]) else { return nil }
      self = .stochastic(seed: seed)
    case ("multipoint", _):
      guard let lost = words.count == 1 ? 0.001 : Double(words[1]), lost >= 0, lost < 1 else { return nil }
      self = .multipoint(lost: lost)
    default: return nil
    }
  }

  package var text: String {
    switch self {
    case .best: "best"
    case .nearest: "nearest"
    case .feedback: "feedback"
    case .midrise: "midrise"
    case .stochastic(let seed): "stochastic:\(seed)"
    case .multipoint(let lost): "multipoint:\(lost)"
    }
  }

  /// Where a weight may be 0 and stays what it is.
  package var mayPrune: Bool {
    switch self {
    case .best, .nearest, .feedback, .stochastic: true
    case .midrise, .multipoint: false
    }
  }
}

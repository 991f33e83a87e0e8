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

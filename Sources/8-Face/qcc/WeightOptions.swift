import ArgumentParser
import Calibration

/// `stochastic:7`, `multipoint:0.01`
extension Rounding: ExpressibleByArgument {
  public init?(argument: String) {
    let words = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
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

  public var defaultValueDescription: String { "best" }

  /// Where a weight may be 0 and stays what it is.
  var mayPrune: Bool {
    switch self {
    case .best, .nearest, .feedback, .stochastic: true
    case .midrise, .multipoint: false
    }
  }
}

/// `50`, `50:saliency`, `50:magnitude:after`
extension Pruning: ExpressibleByArgument {
  public init?(argument: String) {
    let words = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let percent = Double(words[0]), percent > 0, percent < 100 else { return nil }
    self.init(share: percent / 100)
    for word in words.dropFirst() {
      if let criterion = Criterion(rawValue: word) {
        self.criterion = criterion
      } else if let stage = Stage(rawValue: word) {
        self.stage = stage
      } else {
        return nil
      }
    }
  }
}

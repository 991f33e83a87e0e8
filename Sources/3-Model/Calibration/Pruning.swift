/// Which weights of a layer become 0: a share of them that matter least.
package struct Pruning: Sendable, Equatable {
  /// By what weights are compared.
  package enum Criterion: String, Sendable, CaseIterable {
    case magnitude
    /// What the outputs lose where the others make up for it, w^2 / [H^-1]ii with H the inputs' covariances (Hassibi and Stork
    /// 1993; GPTQ orders by the same).
    case saliency
  }

  package enum Stage: String, Sendable, CaseIterable {
    /// Of the float weights; the others are rounded to make up for them where the rounding does that.
    case before
    /// Of the values of codes, which stay as they are.
    case after
  }

  /// 0 to 1.
  package var share: Double
  package var criterion: Criterion
  package var stage: Stage

  package init(share: Double, criterion: Criterion = .magnitude, stage: Stage = .before) {
    self.share = share
    self.criterion = criterion
    self.stage = stage
  }

  /// The share of a layer's weights that matter least, the first ones of those that matter alike.
  func least(of scores: [Double]) -> [Bool] {
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    var isLeast = [Bool](repeating: false, count: scores.count)
    for index in order.prefix(Int((share * Double(scores.count)).rounded(.toNearestOrEven))) { isLeast[index] = true }
    return isLeast
  }
}

extension Pruning {
  /// `50`, `50:saliency`, `50:magnitude:after`
  package init?(_ text: String) {
    let words = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
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

  /// Percents of ten digits are read as the same share.
  package var text: String {
    "\((share * 1e12).rounded() / 1e10):\(criterion.rawValue):\(stage.rawValue)"
  }
}

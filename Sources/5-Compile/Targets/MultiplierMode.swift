/// One configuration of a Sum-Together multiplier: `products` multiplications, summed, per cycle.
package struct MultiplierMode: Hashable, Sendable {
  package var name: String
  /// Widths of the wider and of the narrower operand, in bits. Either may be the feature map.
  package var wideBits: Int
  package var narrowBits: Int
  /// N: 1, 2 or 4.
  package var products: Int
  /// Ideal latency of a tile against 1 on a standard multiplier, as the text of the source states it.
  package var idealFactor: Double
  /// What the source's tables charge in place of `idealFactor` where the feature map needs the wide operand and the
  /// weights do not; `nil` where text and tables agree.
  package var publishedFactorWideFeatureMap: Double?

  package init(
    name: String, wideBits: Int, narrowBits: Int, products: Int, idealFactor: Double,
    publishedFactorWideFeatureMap: Double? = nil
  ) {
    self.name = name
    self.wideBits = wideBits
    self.narrowBits = narrowBits
    self.products = products
    self.idealFactor = idealFactor
    self.publishedFactorWideFeatureMap = publishedFactorWideFeatureMap
  }

  /// Whether operands of these widths fit, either way round.
  package func holds(_ first: Int, _ second: Int) -> Bool {
    max(first, second) <= wideBits && min(first, second) <= narrowBits
  }
}

extension MultiplierMode: CustomStringConvertible {
  package var description: String { name }
}

/// Which ideal factors count: those the source's text states, or those its published tables were made with.
package enum CostModel: String, CaseIterable, Hashable, Sendable {
  case stated, published
}

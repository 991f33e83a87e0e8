import Numbers

extension PerChannel<FeatureMapQuantizer> {
  /// `body` of every element's index with its quantizer: the one of all channels, or that of the element's channel (the last
  /// axis). Quantizers are not copied.
  package func forEachElement<Result>(
    of elements: Int, _ body: (borrowing FeatureMapQuantizer, Int) -> Result
  ) -> [Result] {
    if let quantizer = uniform { return (0..<elements).map { body(quantizer, $0) } }
    return (0..<elements).map { body(self[$0 % count], $0) }
  }
}

import Numbers

extension PerChannel<FeatureMapQuantizer> {
  /// `body` of every element with its quantizer: the one of all channels, or that of the element's channel (the last axis).
  /// Element by element where there is one; channel by channel, so that quantizers are not copied, where there are several.
  package func forEachElement<Result>(
    of values: [Double], _ body: (borrowing FeatureMapQuantizer, Double) -> Result
  ) -> [Result] {
    if let quantizer = uniform { return values.map { body(quantizer, $0) } }
    return values.enumerated().map { index, value in body(self[index % count], value) }
  }
}

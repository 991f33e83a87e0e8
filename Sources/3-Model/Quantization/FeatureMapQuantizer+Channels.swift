import Numbers

extension PerChannel<FeatureMapQuantizer> {
  /// `body` of every element's index with its quantizer: the one of all channels, or that of the element's channel (the last
  /// axis). Quantizers are not copied.
  package func forEachElement<Result>(
    of elements: Int, _ body: (borrowing FeatureMapQuantizer, Int) -> Result
  ) -> [Result] {
    // Loops, which the compiler sees through where it does not see through `map`.
    var results: [Result] = []
    results.reserveCapacity(elements)
    if let quantizer = uniform {
      for element in 0..<elements { results.append(body(quantizer, element)) }
    } else {
      for element in 0..<elements { results.append(body(self[element % count], element)) }
    }
    return results
  }
}

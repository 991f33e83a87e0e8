/// How far the distribution of a classifier's results is from another's, both given as logarithms up to a constant: sum of
/// p log(p / q) in nats (Kullback-Leibler).
package func divergence(ofLogits quantized: [Double], from reference: [Double]) -> Double {
  func logProbabilities(_ logits: [Double]) -> [Double] {
    let largest = logits.max() ?? 0
    let total = ElementaryMath.logarithm(logits.reduce(0) { $0 + ElementaryMath.exponential($1 - largest) })
    return logits.map { $0 - largest - total }
  }
  let (p, q) = (logProbabilities(reference), logProbabilities(quantized))
  return zip(p, q).reduce(0) { $0 + ElementaryMath.exponential($1.0) * ($1.0 - $1.1) }
}

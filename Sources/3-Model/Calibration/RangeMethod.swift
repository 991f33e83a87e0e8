/// How the range of a map's codes is found from values that it takes.
package enum RangeMethod: Sendable, Equatable {
  /// From the least to the largest.
  case minMax
  /// The mean of each sample's least and largest value, earlier samples counting `decay` times as much with every later one.
  case movingAverage(decay: Double)
  /// Without the given share of values at either end that is in use: 0.0001.
  case percentile(outside: Double)
  /// The threshold whose codes lose least of the distribution: of its Kullback-Leibler divergence (NVIDIA TensorRT's).
  case entropy
  /// The least squared error of values and their codes' values.
  case leastError
}

/// What happens to an instruction's accumulators.
package enum OutputStage: Hashable, Sendable {
  /// They are the output's codes.
  case accumulator
  case requantize(Requantization)
}

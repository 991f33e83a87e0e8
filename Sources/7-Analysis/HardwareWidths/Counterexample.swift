/// An accumulator that a width of one bit less does not get right.
package struct Counterexample: Hashable, Sendable {
  /// Of the layers that were looked at.
  package var layer: Int
  package var channel: Int
  package var accumulator: Int64
  /// The output whose accumulator it is, and the input codes of its window, those outside of the feature map left out, in the
  /// order of the channel's weights; nil where none were found, and the accumulator is one of the proof's interval.
  package var window: Window?
  /// What the narrow hardware makes of it: its code, or what is left of the accumulator where that is what is narrow.
  package var result: Int64
  /// What the network means.
  package var wanted: Int64

  package struct Window: Hashable, Sendable {
    package var row: Int
    package var column: Int
    package var codes: [Int64]
  }
}

/// Where the elements of an operator's result come from: over some operators others move without a change to any value.
package enum Motion: Sendable {
  /// Each is a function of the element in its place of the one input.
  case function(ElementFunction)
  /// Each is the same function of the elements in its place of all inputs.
  case combines
  /// The input's, in their order.
  case keepsOrder
  /// The input's; axis k is the input's axis permutation[k].
  case permutes([Int])
  /// Those of the inputs one after another along an axis.
  case concatenates(axis: Int)
  /// Each is the largest of some elements of the input's same channel.
  case selectsLargest
  /// The input's, and zeros around them.
  case surroundsWithZeros
  /// Anything else.
  case mixes

  /// Whether every element is one of an input's, or zero.
  package var movesElements: Bool {
    switch self {
    case .keepsOrder, .permutes, .concatenates, .selectsLargest, .surroundsWithZeros: true
    case .function, .combines, .mixes: false
    }
  }
}

/// What is known of a function of one number that stands for an operator.
package struct ElementFunction: Sendable {
  /// Whether it is the same in all channels.
  package var isUniform: Bool
  /// Whether values never fall while arguments rise.
  package var isIncreasing: Bool
  package var mapsZeroToZero: Bool
}

/// An operator that is y[c] = gain[c] x[c] + shift[c] for the channels c.
package protocol ChannelwiseAffine: Operator {
  /// The nearest doubles, one per channel.
  var gains: [Double] { get }
  var shifts: [Double] { get }
}

/// What a model is read for.
package enum ReadingPurpose: Sendable {
  /// To be compiled: every layer has an operator, every parameter its codes.
  case program
  /// To be looked at: `Graph.layers` and the shapes count. Parameters stay as they are, and quantizers and layers without an
  /// operator are identities, of another shape where need be. Passes refuse such a graph.
  case types
  /// To be counted: the same, but parameters and quantizers have their codes where these do not depend on chance or data.
  case statistics
}

/// A requantization: channels, and how many of them are proved exact for every reachable accumulator.
package struct LayerProof: Codable, Hashable, Sendable {
  package var layer: String
  package var channels: Int
  package var proved: Int

  package init(layer: String, channels: Int, proved: Int) {
    self.layer = layer
    self.channels = channels
    self.proved = proved
  }
}

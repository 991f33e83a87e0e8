/// Positions along a line for things in a given order that keep a distance: as near as can be, in least squares, to where each
/// would like to be.
///
/// With q_i = p_i - (distances before i) the distances become q_i <= q_i+1, which pooling adjacent violators solves exactly
/// (Ayer and others, 1955).
struct Placement {
  /// - Parameter distances: the least distance between each and the next; one fewer than `wishes`.
  static func positions(wishes: [Double], distances: [Double]) -> [Double] {
    var offsets = [0.0]
    for distance in distances { offsets.append(offsets[offsets.count - 1] + distance) }
    /// Neighbours that share one q, their mean.
    var pools: [(sum: Double, count: Int)] = []
    for (wish, offset) in zip(wishes, offsets) {
      pools.append((wish - offset, 1))
      while pools.count > 1 {
        let last = pools[pools.count - 1]
        let before = pools[pools.count - 2]
        guard before.sum * Double(last.count) > last.sum * Double(before.count) else { break }
        pools.removeLast()
        pools[pools.count - 1] = (before.sum + last.sum, before.count + last.count)
      }
    }
    let shared = pools.flatMap { Array(repeating: $0.sum / Double($0.count), count: $0.count) }
    return zip(shared, offsets).map(+)
  }
}

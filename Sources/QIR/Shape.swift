/// The extents of a tensor without its batch: [rows, columns, channels] for a feature map (NHWC), [steps, channels] for a
/// sequence, [units] for a vector. The last one is the channel axis.
package struct Shape: Hashable, Sendable {
  package var extents: [Int]

  package init(_ extents: [Int]) {
    self.extents = extents
  }

  package var elements: Int { extents.reduce(1, *) }
  package var channels: Int { extents.last ?? 1 }
  package var rank: Int { extents.count }
}

extension Shape: CustomStringConvertible {
  /// `[8, 8, 3]`
  package var description: String { "\(extents)" }
}

/// The extents of a tensor without its batch: [rows, columns, channels] for a feature map (NHWC), [steps, channels] for a
/// sequence, [units] for a vector, [] for a single number. The last one is the channel axis.
package struct Shape: Hashable, Sendable {
  package var extents: [Int]

  package init(_ extents: [Int]) {
    self.extents = extents
  }

  package var elements: Int { extents.reduce(1, *) }
  package var channels: Int { extents.last ?? 1 }
  package var rank: Int { extents.count }

  /// How many axes tensors have.
  package static let ranks = 0...6

  /// Whether it has one of these ranks, no axis is empty and there are at most 2^28 elements.
  package var isSupported: Bool {
    Self.ranks.contains(rank) && extents.allSatisfy { $0 > 0 }
      && extents.reduce(1.0) { $0 * Double($1) } <= Double(1 << 28)
  }
}

extension Shape: CustomStringConvertible {
  /// `[8, 8, 3]`
  package var description: String { "\(extents)" }
}

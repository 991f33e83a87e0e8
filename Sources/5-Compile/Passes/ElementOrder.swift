import QIR

/// How the elements of a tensor lie in memory relative to those of another: the other's as an array of `extents`, the
/// tensor's as that array with its axes permuted. Transposes and reshapes in any sequence come to this, where the axes that
/// are moved were not torn apart.
///
/// [rows, columns, channels] transposed to [channels, rows, columns] and flattened is `extents` [rows x columns, channels]
/// permuted by [1, 0].
struct ElementOrder: Equatable {
  /// In the other tensor's order, each above 1. Neighbours on both sides are one.
  private(set) var extents: [Int]
  private(set) var permutation: [Int]

  /// The same order.
  init() {
    extents = []
    permutation = []
  }

  /// Whether both lie in memory alike.
  var isSame: Bool { permutation.count <= 1 }

  /// Of each element of the tensor: its index in the other.
  var sourceIndices: [Int] {
    let shape = Shape(extents)
    return shape.permute(Array(0..<shape.elements), by: permutation)
  }

  /// The order behind a transpose of the tensor, which has shape `shape`; nil where an axis is no whole number of extents.
  func transposed(_ shape: Shape, by axes: [Int]) -> ElementOrder? {
    let order = isSame ? ElementOrder(whole: shape.elements) : self
    guard let pieces = order.pieces(of: shape) else { return nil }
    return ElementOrder(axes.flatMap { pieces[$0] })
  }

  /// Which axis of the other tensor, of shape `other`, is the whole axis `axis` of the tensor, of shape `shape`; and the
  /// order where both have `size` indices instead. nil where there is none.
  func following(
    _ axis: Int, of shape: Shape, in other: Shape, grownTo size: Int
  ) -> (axis: Int, order: ElementOrder)? {
    guard var pieces = pieces(of: shape), let first = pieces[axis].first, let last = pieces[axis].last else {
      return nil
    }
    let all = pieces.flatMap { $0 }
    // Side by side in the other tensor too.
    let between = all.filter { $0.place >= first.place && $0.place <= last.place }
    guard ElementOrder(pieces[axis]).isSame, between.count == pieces[axis].count else { return nil }
    let outer = all.filter { $0.place < first.place }.reduce(1) { $0 * $1.size }
    let found = other.extents.indices.first {
      other.extents[..<$0].reduce(1, *) == outer && other.extents[$0] == shape.extents[axis]
    }
    guard let found else { return nil }
    pieces[axis] = [Piece(place: first.place, size: size)]
    return (found, ElementOrder(pieces.flatMap { $0 }))
  }

  /// A part of one of the extents: an axis of the tensor is a list of them, outermost first.
  private struct Piece {
    /// Which of the extents, and which part of it, from outside.
    var place: (extent: Int, part: Int)
    var size: Int
  }

  private init(whole elements: Int) {
    extents = [elements]
    permutation = [0]
  }

  /// By axis of the tensor, which has shape `shape`.
  private func pieces(of shape: Shape) -> [[Piece]]? {
    var open = permutation.reversed().map { Piece(place: ($0, 0), size: extents[$0]) }
    var pieces: [[Piece]] = []
    for extent in shape.extents {
      var axis: [Piece] = []
      var rest = extent
      while rest > 1, let next = open.popLast() {
        if rest % next.size == 0 {
          axis.append(next)
          rest /= next.size
        } else if next.size % rest == 0 {
          axis.append(Piece(place: next.place, size: rest))
          open.append(Piece(place: (next.place.extent, next.place.part + 1), size: next.size / rest))
          rest = 1
        } else {
          return nil
        }
      }
      pieces.append(axis)
    }
    return pieces
  }

  /// From the pieces in the tensor's order.
  private init(_ pieces: [Piece]) {
    let sorted = pieces.indices.sorted { pieces[$0].place < pieces[$1].place }
    var rank = Array(repeating: 0, count: pieces.count)
    for (index, piece) in sorted.enumerated() { rank[piece] = index }
    // Runs that are neighbours on both sides, in the tensor's order.
    var runs: [(first: Int, size: Int)] = []
    for (index, piece) in pieces.enumerated() {
      if index > 0, rank[index] == rank[index - 1] + 1 {
        runs[runs.count - 1].size *= piece.size
      } else {
        runs.append((rank[index], piece.size))
      }
    }
    let order = runs.indices.sorted { runs[$0].first < runs[$1].first }
    extents = order.map { runs[$0].size }
    permutation = order.inversePermutation
  }
}

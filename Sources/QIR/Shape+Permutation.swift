/// Other orders of a tensor's axes. A permutation says where each axis of the result comes from: axis k of the result is axis
/// permutation[k] of the tensor.
extension Shape {
  package func isPermutation(_ axes: [Int]) -> Bool { axes.sorted() == Array(extents.indices) }

  package func permuted(by permutation: [Int]) -> Shape { Shape(permutation.map { extents[$0] }) }

  /// Whether a permutation leaves the elements as they lie in memory: only axes of extent 1 move.
  package func keepsElements(under permutation: [Int]) -> Bool {
    let moved = permutation.filter { extents[$0] > 1 }
    return moved == moved.sorted()
  }

  /// Of each element of the permuted tensor, in order: its index in the tensor. Last axis fastest on both sides.
  package func sourceIndices(of permutation: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: rank)
    for axis in extents.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * extents[axis + 1] }
    return permutation.reduce([0]) { indices, axis in
      indices.flatMap { index in (0..<extents[axis]).map { index + $0 * strides[axis] } }
    }
  }

  /// The elements of a tensor of this shape in the permuted tensor's order.
  @inlinable
  package func permute<Element>(_ elements: [Element], by permutation: [Int]) -> [Element] {
    sourceIndices(of: permutation).map { elements[$0] }
  }
}

extension Shape {
  /// The position of an element along every axis.
  package func index(of element: Int) -> [Int] {
    var rest = element
    return extents.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }
}

extension [Int] {
  /// The permutation that undoes this one.
  package var inversePermutation: [Int] { indices.sorted { self[$0] < self[$1] } }
}

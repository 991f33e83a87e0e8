import Numbers

/// The extents of a tensor without its batch: [rows, columns, channels] for a feature map (NHWC), [steps, channels] for a
/// sequence, [units] for a vector, [] for a single number. The last one is the channel axis.
package struct Shape: Hashable, Sendable, CustomStringConvertible {
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

  /// The position of an element along every axis.
  package func index(of element: Int) -> [Int] {
    var rest = element
    return extents.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }

  /// `[8, 8, 3]`
  package var description: String { "\(extents)" }
}

/// Other orders of a tensor's axes. A permutation says where each axis of the result comes from: axis k of the result is axis
/// permutation[k] of the tensor.
extension Shape {
  package func isPermutation(_ axes: [Int]) -> Bool { axes.sorted() == Array(extents.indices) }

  package func permuted(by permutation: [Int]) -> Shape { Shape(permutation.map { extents[$0] }) }

  // Of the types that large parameters have, so that the loop is made for them here.
  package func permute(_ elements: [Float], by permutation: [Int]) -> [Float] { permuted(elements, by: permutation) }
  package func permute(_ elements: IntegerArray, by permutation: [Int]) -> IntegerArray {
    switch elements.storage {
    case .int8(let elements): IntegerArray(permuted(elements, by: permutation))
    case .uint8(let elements): IntegerArray(permuted(elements, by: permutation))
    case .int16(let elements): IntegerArray(permuted(elements, by: permutation))
    case .int32(let elements): IntegerArray(permuted(elements, by: permutation))
    case .int64(let elements): IntegerArray(permuted(elements, by: permutation))
    }
  }

  /// The elements of a tensor of this shape in the permuted tensor's order, last axis fastest on both sides.
  package func permute<Element>(_ elements: [Element], by permutation: [Int]) -> [Element] {
    permuted(elements, by: permutation)
  }

  private func permuted<Element>(_ elements: [Element], by permutation: [Int]) -> [Element] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in extents.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * extents[axis + 1] }
    let permuted = permutation.map { extents[$0] }
    let steps = permutation.map { strides[$0] }
    guard let last = permuted.indices.last, !elements.isEmpty else { return elements }
    var result: [Element] = []
    result.reserveCapacity(elements.count)
    var index = [Int](repeating: 0, count: permuted.count)
    var start = 0
    while result.count < elements.count {
      for position in 0..<permuted[last] { result.append(elements[start + position * steps[last]]) }
      // The next run: carry from the last axis but one.
      var axis = last - 1
      while axis >= 0 {
        index[axis] += 1
        start += steps[axis]
        if index[axis] < permuted[axis] { break }
        start -= steps[axis] * permuted[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { break }
    }
    return result
  }
}

extension [Int] {
  /// The permutation that undoes this one.
  package var inversePermutation: [Int] { indices.sorted { self[$0] < self[$1] } }
}

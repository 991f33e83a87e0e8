/// Points of which none is better than another in one number and no worse in the other.
package struct ParetoFront<Element>: Sequence {
  /// In ascending cost and descending loss.
  package private(set) var elements: [Element] = []

  /// - Parameters: smaller is better in both; of equal ones the first is kept.
  package init(_ candidates: [Element], cost: (Element) -> Double, loss: (Element) -> Double) {
    let order = candidates.indices.sorted {
      (cost(candidates[$0]), loss(candidates[$0]), $0) < (cost(candidates[$1]), loss(candidates[$1]), $1)
    }
    var least = Double.infinity
    for index in order where loss(candidates[index]) < least {
      least = loss(candidates[index])
      elements.append(candidates[index])
    }
  }

  package func makeIterator() -> IndexingIterator<[Element]> { elements.makeIterator() }
}

extension ParetoFront: Sendable where Element: Sendable {}

/// The part of the rectangle below a corner that points dominate (Zitzler and Thiele 1999), both numbers to be small.
package func hypervolume(_ points: [(cost: Double, loss: Double)], corner: (cost: Double, loss: Double)) -> Double {
  let front = ParetoFront(
    points.filter { $0.cost < corner.cost && $0.loss < corner.loss }, cost: { $0.cost }, loss: { $0.loss })
  var (volume, height) = (0.0, corner.loss)
  for point in front {
    volume += (corner.cost - point.cost) * (height - point.loss)
    height = point.loss
  }
  return volume
}

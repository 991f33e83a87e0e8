/// Places for labels around points so that none covers another label or a point: each takes the first free place of those
/// around its point, near ones first.
package enum LabelPlacement {
  package struct Rectangle {
    package var left: Double
    package var top: Double
    package var width: Double
    package var height: Double

    package init(left: Double, top: Double, width: Double, height: Double) {
      self.left = left
      self.top = top
      self.width = width
      self.height = height
    }

    package func overlaps(_ other: Rectangle) -> Bool {
      left < other.left + other.width && other.left < left + width && top < other.top + other.height
        && other.top < top + height
    }

    package func contains(_ other: Rectangle) -> Bool {
      left <= other.left && top <= other.top && left + width >= other.left + other.width
        && top + height >= other.top + other.height
    }
  }

  /// - Returns: one place per point in their order; nil where a label finds none.
  package static func places(
    points: [(x: Double, y: Double)], sizes: [(width: Double, height: Double)], taken: [Rectangle],
    within area: Rectangle
  ) -> [Rectangle?] {
    var occupied = taken + points.map { Rectangle(left: $0.x - 5, top: $0.y - 5, width: 10, height: 10) }
    return zip(points, sizes).map { point, size in
      for distance in [8.0, 14, 22, 32, 44, 58] {
        for (dx, dy) in directions {
          // The side of the label that faces the point lies `distance` away from it.
          let rectangle = Rectangle(
            left: point.x + dx * distance + (dx - 1) * size.width / 2,
            top: point.y + dy * distance + (dy - 1) * size.height / 2, width: size.width, height: size.height)
          guard area.contains(rectangle), !occupied.contains(where: rectangle.overlaps) else { continue }
          occupied.append(rectangle)
          return rectangle
        }
      }
      return nil
    }
  }

  /// Right first, where one reads on.
  private static let directions: [(Double, Double)] = [
    (1, 0), (0, -1), (0, 1), (-1, 0), (0.8, -0.8), (0.8, 0.8), (-0.8, -0.8), (-0.8, 0.8),
  ]
}

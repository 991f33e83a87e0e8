/// A network as boxes and arrows. A box stands behind those whose tensors it reads.
package struct NetworkDrawing: Sendable {
  /// An operator, and the element-wise ones behind it that become one step with it.
  package struct Box: Sendable {
    package var name: String
    /// `QConv2D 3x3, stride 2`
    package var title: String
    /// What else is to be said, one line each.
    package var lines: [String]
    /// The class that colours it.
    package var colour: String
    /// The type and shape of its result: `s8 8x8x16`
    package var result: String
    package var isOutput: Bool

    package init(
      name: String, title: String, lines: [String] = [], colour: String, result: String, isOutput: Bool = false
    ) {
      self.name = name
      self.title = title
      self.lines = lines
      self.colour = colour
      self.result = result
      self.isOutput = isOutput
    }
  }

  /// A tensor on its way, between indices of boxes.
  package struct Edge: Sendable {
    package var from: Int
    package var to: Int

    package init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
  }

  package var boxes: [Box]
  package var edges: [Edge]

  package init(boxes: [Box], edges: [Edge]) {
    precondition(
      edges.allSatisfy { $0.from < $0.to && boxes.indices.contains($0.to) }, "boxes stand behind their inputs")
    self.boxes = boxes
    self.edges = edges
  }
}

import Presentation

extension NetworkSVG {
  /// Where arrows enter the items of a rank: side by side at the top, in the order of where they come from.
  func ports(_ links: [LayeredLayout.Link]) -> [Double] {
    var ports = links.map { layout.items[$0.lower].x }
    let arriving = Dictionary(grouping: links.indices, by: { links[$0].lower })
    for (lower, indices) in arriving where indices.count > 1 {
      let ordered = indices.sorted {
        (layout.items[links[$0].upper].x, $0) < (layout.items[links[$1].upper].x, $1)
      }
      let spacing = min(36, (LayeredLayout.boxWidth - 24) / Double(ordered.count))
      for (place, link) in ordered.enumerated() {
        ports[link] = layout.items[lower].x + (Double(place) - Double(ordered.count - 1) / 2) * spacing
      }
    }
    return ports
  }

  func writeLinks(_ links: [LayeredLayout.Link], _ frame: Frame, to markup: inout Markup) {
    for (link, port) in zip(links, ports(links)) {
      let from = (x: layout.items[link.upper].x, y: frame.bottom[link.upper] ?? 0)
      let to = (x: port, y: frame.top[link.lower] ?? 0)
      writeCurve(from: from, to: to, endsInArrow: !layout.items[link.lower].isPassing, markup: &markup)
    }
  }

  func writeCurve(
    from: (x: Double, y: Double), to: (x: Double, y: Double), endsInArrow: Bool, markup: inout Markup
  ) {
    let end = to.y - (endsInArrow ? 6 : 0)
    var path = "M\(pixels(from.x)) \(pixels(from.y))"
    if from.x != to.x {
      // Straight down beside the tensor's label, then across.
      let start = max(from.y, to.y - Self.gap) + Self.stub
      let middle = (start + end) / 2
      path += "V\(pixels(start))C\(pixels(from.x)) \(pixels(middle + 4)) \(pixels(to.x)) \(pixels(middle - 4)) "
      path += "\(pixels(to.x)) \(pixels(end))"
    } else {
      path += "V\(pixels(end))"
    }
    markup.empty("path", ["class": "edge", "d": path])
    if endsInArrow { writeArrow(x: to.x, y: to.y, to: &markup) }
  }

  func writeArrow(x: Double, y: Double, to markup: inout Markup) {
    markup.empty(
      "path",
      ["class": "arrow", "d": "M\(pixels(x)) \(pixels(y))l-3.5 -7h7z"])
  }

  func writeLine(_ points: [(Double, Double)], to markup: inout Markup) {
    let text = points.map { "\(pixels($0)) \(pixels($1))" }.joined(separator: "L")
    markup.empty("path", ["class": "edge", "d": "M" + text])
  }

  /// Arrows that come from the segment before, from numbered circles.
  func writeEntries(
    _ connectors: [(link: LayeredLayout.Link, number: Int)], _ frame: Frame, to markup: inout Markup
  ) {
    for (connector, port) in zip(connectors, ports(connectors.map(\.link))) {
      let y = frame.top[connector.link.lower] ?? 0
      let circle = Self.margin + 10
      let isPassing = layout.items[connector.link.lower].isPassing
      writeLine([(port, circle + 10), (port, y - (isPassing ? 0 : 6))], to: &markup)
      if !isPassing { writeArrow(x: port, y: y, to: &markup) }
      writeConnector(connector.number, x: port, y: circle, to: &markup)
    }
  }

  func writeExits(
    _ connectors: [(link: LayeredLayout.Link, number: Int)], _ frame: Frame, to markup: inout Markup
  ) {
    var seen: Set<Int> = []
    for connector in connectors where seen.insert(connector.number).inserted {
      let x = layout.items[connector.link.upper].x
      let y = frame.height - Self.margin - 10
      writeLine([(x, frame.bottom[connector.link.upper] ?? 0), (x, y - 10)], to: &markup)
      writeConnector(connector.number, x: x, y: y, to: &markup)
    }
  }

  func writeConnector(_ number: Int, x: Double, y: Double, to markup: inout Markup) {
    markup.empty("circle", ["class": "connector", "cx": pixels(x), "cy": pixels(y), "r": "10"])
    markup.element("text", ["class": "number", "x": pixels(x), "y": pixels(y + 3.5)], "\(number)")
  }
}

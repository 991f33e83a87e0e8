import Presentation

/// A network's boxes and arrows as SVG, one picture per segment of the layout.
package struct NetworkSVG {
  let drawing: NetworkDrawing
  let layout: LayeredLayout
  let segments: [Range<Int>]
  /// The links that a segment's end cuts, with the numbers that both ends show.
  var connectors: [[(link: LayeredLayout.Link, number: Int)]] = []

  static let lineHeight = 14.0
  static let stub = 22.0
  static let gap = 50.0
  static let margin = 6.0
  static let segmentHeight = 860.0
  /// Characters of the box's monospaced lines.
  static let charactersPerLine = 31

  package init(_ drawing: NetworkDrawing) {
    self.drawing = drawing
    let layout = LayeredLayout(drawing)
    self.layout = layout
    let heights = layout.ranks.map { rank in
      Self.gap + (rank.map { Self.height(of: layout.items[$0], in: drawing) }.max() ?? 0)
    }
    let crossing = layout.links.map { Set($0.map(\.upper)).count }
    segments = NetworkSegments(heights: heights, crossing: crossing, limit: Self.segmentHeight).segments
    var number = 0
    connectors = segments.dropLast().map { segment in
      var numbers: [Int: Int] = [:]
      return layout.links[segment.upperBound - 1].map { link in
        if numbers[link.upper] == nil {
          number += 1
          numbers[link.upper] = number
        }
        return (link, numbers[link.upper] ?? 0)
      }
    }
  }

  static func height(of item: LayeredLayout.Item, in drawing: NetworkDrawing) -> Double {
    item.isPassing ? 0 : 14 + lineHeight * Double(2 + drawing.boxes[item.box].lines.count)
  }

  // MARK: A segment

  package func write(to markup: inout Markup) {
    for index in segments.indices {
      write(index, to: &markup)
      markup.newline()
    }
  }

  /// Where items of a segment lie.
  struct Frame {
    var top: [Int: Double] = [:]
    var bottom: [Int: Double] = [:]
    var height = 0.0
    var left = 0.0
    var width = 0.0
  }

  func frame(of index: Int) -> Frame {
    let segment = segments[index]
    var frame = Frame()
    var y = Self.margin + (index > 0 ? Self.gap : 0)
    var least = Double.infinity
    var most = -Double.infinity
    for rank in segment {
      let heights = layout.ranks[rank].map { Self.height(of: layout.items[$0], in: drawing) }
      let tallest = heights.max() ?? 0
      for (item, height) in zip(layout.ranks[rank], heights) {
        frame.top[item] = y
        // What passes goes on to the end of the rank.
        frame.bottom[item] = y + (layout.items[item].isPassing ? tallest : height)
        least = min(least, layout.items[item].x - layout.width(of: item) / 2)
        most = max(most, layout.items[item].x + layout.width(of: item) / 2)
      }
      y += tallest + Self.gap
    }
    frame.height = y - (index + 1 < segments.count ? 0 : Self.gap - Self.stub - 14) + Self.margin
    frame.left = least - Self.margin
    frame.width = most - least + 2 * Self.margin
    return frame
  }

  func write(_ index: Int, to markup: inout Markup) {
    let frame = frame(of: index)
    let segment = segments[index]
    let box = [frame.left, 0, frame.width, frame.height].map(pixels).joined(separator: " ")
    markup.element(
      "svg",
      [
        "viewBox": box, "style": "--width:\(pixels(frame.width))", "role": "img",
        "aria-label": "Network, part \(index + 1) of \(segments.count)",
      ]
    ) { markup in
      for rank in segment.dropLast() { writeLinks(layout.links[rank], frame, to: &markup) }
      if index > 0 { writeEntries(connectors[index - 1], frame, to: &markup) }
      if index + 1 < segments.count { writeExits(connectors[index], frame, to: &markup) }
      for rank in segment {
        for item in layout.ranks[rank] where !layout.items[item].isPassing { writeBox(item, frame, to: &markup) }
        for item in layout.ranks[rank] where layout.items[item].isPassing {
          writeLine(
            [(layout.items[item].x, frame.top[item] ?? 0), (layout.items[item].x, frame.bottom[item] ?? 0)], to: &markup
          )
        }
      }
    }
  }

  func writeBox(_ item: Int, _ frame: Frame, to markup: inout Markup) {
    let box = drawing.boxes[layout.items[item].box]
    let x = layout.items[item].x - LayeredLayout.boxWidth / 2
    let y = frame.top[item] ?? 0
    let height = (frame.bottom[item] ?? 0) - y
    markup.element("g", ["class": "box \(box.colour)"]) { markup in
      markup.element("title", ([box.name, box.title] + box.lines + [box.result]).joined(separator: ", "))
      markup.empty(
        "rect",
        [
          "x": pixels(x), "y": pixels(y), "width": pixels(LayeredLayout.boxWidth), "height": pixels(height), "rx": "3",
        ])
      markup.empty(
        "rect", ["class": "engine", "x": pixels(x), "y": pixels(y), "width": "5", "height": pixels(height)])
      for (index, line) in ([box.name, box.title] + box.lines).enumerated() {
        markup.element(
          "text",
          [
            "class": index == 0 ? "name" : "line", "x": pixels(x + 13),
            "y": pixels(y + 18 + Self.lineHeight * Double(index)),
          ], abbreviated(line, to: Self.charactersPerLine))
      }
    }
    let stub = y + height
    if box.isOutput, !layout.links.contains(where: { $0.contains { $0.upper == item } }) {
      writeLine(
        [(x + LayeredLayout.boxWidth / 2, stub), (x + LayeredLayout.boxWidth / 2, stub + Self.stub - 2)], to: &markup)
      writeArrow(x: x + LayeredLayout.boxWidth / 2, y: stub + Self.stub + 4, to: &markup)
    }
    markup.element(
      "text", ["class": "tensor", "x": pixels(x + LayeredLayout.boxWidth / 2 + 7), "y": pixels(stub + 15)],
      abbreviated(box.result, to: 16))
  }

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

import Presentation

extension NetworkSVG {
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
}

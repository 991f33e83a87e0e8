import GraphDrawing
import Presentation

extension RooflineSVG {
  func write(_ marks: [Mark], avoiding taken: [LabelPlacement.Rectangle], to markup: inout Markup) {
    let sizes = marks.map { (width: Double($0.label.count) * Self.characterWidth + 7, height: 12.0) }
    let places = LabelPlacement.places(
      points: marks.map { ($0.x, $0.y) }, sizes: sizes, taken: taken, within: Self.plot)
    for (mark, place) in zip(marks, places) {
      if let place { writeLeader(from: mark, to: place, markup: &markup) }
    }
    for (mark, place) in zip(marks, places) {
      markup.element("g", ["class": "point n\(mark.mode)"]) { markup in
        markup.element("title", mark.names.joined(separator: ", "))
        writeSymbol(mark, to: &markup)
        if let place {
          markup.element(
            "text", ["class": "mark middle", "x": pixels(place.left + place.width / 2), "y": pixels(place.top + 9.5)],
            mark.label)
        }
      }
    }
  }

  /// A thin line where the label stands away from its point.
  func writeLeader(from mark: Mark, to place: LabelPlacement.Rectangle, markup: inout Markup) {
    let x = min(max(mark.x, place.left), place.left + place.width)
    let y = min(max(mark.y, place.top), place.top + place.height)
    guard max(abs(x - mark.x), abs(y - mark.y)) > 10 else { return }
    markup.empty(
      "path", ["class": "leader", "d": "M\(pixels(mark.x)) \(pixels(mark.y))L\(pixels(x)) \(pixels(y))"])
  }

  /// Circle, square, diamond: told apart without colours too.
  func writeSymbol(_ mark: Mark, to markup: inout Markup) {
    switch mark.mode {
    case 0: markup.empty("circle", ["cx": pixels(mark.x), "cy": pixels(mark.y), "r": "4"])
    case 1:
      markup.empty("rect", ["x": pixels(mark.x - 3.6), "y": pixels(mark.y - 3.6), "width": "7.2", "height": "7.2"])
    default: markup.empty("path", ["d": "M\(pixels(mark.x)) \(pixels(mark.y - 5))l5 5l-5 5l-5 -5z"])
    }
  }
}

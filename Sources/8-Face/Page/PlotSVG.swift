import GraphDrawing
import Presentation

/// Points in a plane as SVG.
struct PlotSVG {
  struct Mark {
    var x: Double
    var y: Double
    /// A class that colours it.
    var fill: String
    /// Beside it.
    var label: String?
    /// Where y lies.
    var interval: ClosedRange<Double>?
    /// What it is, for who points at it.
    var title: String?
    var radius = 4.0
  }

  /// What it shows, for who does not see it.
  var title: String
  var x: PlotAxis
  var y: PlotAxis
  /// Later ones cover earlier ones.
  var marks: [Mark]
  /// From place to place.
  var line: [(x: Double, y: Double)] = []
  var height = 320.0

  private static let width = 700.0
  private var plot: LabelPlacement.Rectangle {
    .init(left: 64, top: 12, width: Self.width - 64 - 18, height: height - 12 - 46)
  }

  private func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (plot.left + self.x.share(x) * plot.width, plot.top + (1 - self.y.share(y)) * plot.height)
  }

  func write(to markup: inout Markup) {
    markup.element("div", ["class": "scroll"]) { markup in
      markup.element(
        "svg",
        [
          "class": "plot", "viewBox": "0 0 \(pixels(Self.width)) \(pixels(height))", "role": "img", "aria-label": title,
        ]
      ) { markup in
        writeAxes(to: &markup)
        if !line.isEmpty {
          let points = line.map { place($0.x, $0.y) }.map { "\(pixels($0.x)) \(pixels($0.y))" }
          markup.empty("path", ["class": "run", "d": "M" + points.joined(separator: "L")])
        }
        for mark in marks { write(mark, to: &markup) }
        writeLabels(to: &markup)
      }
    }
    markup.newline()
  }

  private func writeAxes(to markup: inout Markup) {
    let bottom = plot.top + plot.height
    for (value, label) in x.ticks {
      let x = pixels(place(value, 0).x)
      markup.empty("path", ["class": "grid", "d": "M\(x) \(pixels(plot.top))V\(pixels(bottom))"])
      markup.element("text", ["class": "tick middle", "x": x, "y": pixels(bottom + 15)], label)
    }
    for (value, label) in y.ticks {
      let y = place(0, value).y
      markup.empty(
        "path", ["class": "grid", "d": "M\(pixels(plot.left)) \(pixels(y))H\(pixels(plot.left + plot.width))"])
      markup.element("text", ["class": "tick end", "x": pixels(plot.left - 6), "y": pixels(y + 3.5)], label)
    }
    markup.element(
      "text", ["class": "axis middle", "x": pixels(plot.left + plot.width / 2), "y": pixels(bottom + 34)], x.title)
    let middle = pixels(plot.top + plot.height / 2)
    markup.element(
      "text", ["class": "axis middle", "x": "12", "y": middle, "transform": "rotate(-90 12 \(middle))"], y.title)
  }

  private func write(_ mark: Mark, to markup: inout Markup) {
    let (x, y) = place(mark.x, mark.y)
    markup.element("g", ["class": "dot \(mark.fill)"]) { markup in
      if let title = mark.title { markup.element("title", title) }
      if let interval = mark.interval {
        let (high, low) = (place(mark.x, interval.upperBound).y, place(mark.x, interval.lowerBound).y)
        let (left, right) = (pixels(x - 3), pixels(x + 3))
        markup.empty(
          "path",
          [
            "class": "interval",
            "d":
              "M\(left) \(pixels(high))H\(right)M\(pixels(x)) \(pixels(high))V\(pixels(low))M\(left) \(pixels(low))H\(right)",
          ])
      }
      markup.empty("circle", ["cx": pixels(x), "cy": pixels(y), "r": pixels(mark.radius)])
    }
  }

  private func writeLabels(to markup: inout Markup) {
    let labelled = marks.filter { $0.label != nil }
    let others = marks.filter { $0.label == nil }.map { place($0.x, $0.y) }
    let intervals = marks.compactMap { mark in
      mark.interval.map { interval in
        let (x, top) = place(mark.x, interval.upperBound)
        return LabelPlacement.Rectangle(
          left: x - 3, top: top, width: 6, height: place(mark.x, interval.lowerBound).y - top)
      }
    }
    let places = LabelPlacement.places(
      points: labelled.map { place($0.x, $0.y) },
      sizes: labelled.map { (Double($0.label?.count ?? 0) * RooflineSVG.characterWidth, 13) },
      taken: others.map { .init(left: $0.x - 3, top: $0.y - 3, width: 6, height: 6) } + intervals, within: plot)
    for (mark, place) in zip(labelled, places) {
      guard let place, let label = mark.label else { continue }
      markup.element("text", ["class": "mark", "x": pixels(place.left), "y": pixels(place.top + 10)], label)
    }
  }
}

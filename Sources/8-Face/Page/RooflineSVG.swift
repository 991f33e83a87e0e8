import GraphDrawing
import Libc
import Performance
import Presentation

/// A roofline as SVG: multiply-accumulates per cycle over those per byte, both on logarithmic axes, a roof per number of
/// products, and a point per layer. Layers at one place share a point.
struct RooflineSVG {
  /// Layers of one place: their numbers, as the table beside the picture counts them.
  struct Mark {
    var x: Double
    var y: Double
    var mode: Int
    var numbers: [Int]
    var names: [String]

    var label: String {
      var runs: [ClosedRange<Int>] = []
      for number in numbers {
        if let last = runs.last, last.upperBound + 1 == number {
          runs[runs.count - 1] = last.lowerBound...number
        } else {
          runs.append(number...number)
        }
      }
      return runs.map { run in
        run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound)\(run.count == 2 ? ", " : "–")\(run.upperBound)"
      }.joined(separator: ", ")
    }
  }

  let roofline: Roofline
  let firstNumber: Int
  /// Powers of two at the ends of the axes.
  let xAxis: ClosedRange<Int>
  let yAxis: ClosedRange<Int>

  static let size = (width: 700.0, height: 380.0)
  static let plot = LabelPlacement.Rectangle(left: 52, top: 14, width: 632, height: 318)
  static let characterWidth = 6.7

  /// - Parameter firstNumber: the number of the first layer.
  init(_ roofline: Roofline, firstNumber: Int) {
    self.roofline = roofline
    self.firstNumber = firstNumber
    let bus = Double(roofline.busBytesPerCycle)
    let roofs = roofline.roofs.map { Double($0.macsPerCycle) }
    let knees = roofs.map { $0 / bus }
    let xs = roofline.points.map(\.intensity) + knees
    let ys = roofline.points.map(\.macsPerCycle) + roofs
    func axis(_ values: [Double], above: Double) -> ClosedRange<Int> {
      let positive = values.filter { $0 > 0 }
      let low = Int(log2(positive.min() ?? 1).rounded(.down)) - 1
      let high = Int((log2(positive.max() ?? 1) + above).rounded(.up))
      return low...max(high, low + 3)
    }
    xAxis = axis(xs, above: 0.5)
    yAxis = axis(ys, above: 0.3)
  }

  func x(_ intensity: Double) -> Double {
    let share = (log2(intensity) - Double(xAxis.lowerBound)) / Double(xAxis.count - 1)
    return Self.plot.left + min(max(share, 0), 1) * Self.plot.width
  }

  func y(_ performance: Double) -> Double {
    let share = (log2(performance) - Double(yAxis.lowerBound)) / Double(yAxis.count - 1)
    return Self.plot.top + (1 - min(max(share, 0), 1)) * Self.plot.height
  }

  var marks: [Mark] {
    var marks: [Mark] = []
    for (index, point) in roofline.points.enumerated() {
      let (x, y) = (x(point.intensity), y(point.macsPerCycle))
      let mode = roofline.roofs.firstIndex { $0.modes.contains(point.mode) } ?? 0
      if let same = marks.firstIndex(where: { abs($0.x - x) < 3 && abs($0.y - y) < 3 && $0.mode == mode }) {
        marks[same].numbers.append(firstNumber + index)
        marks[same].names.append(point.layer)
      } else {
        marks.append(Mark(x: x, y: y, mode: mode, numbers: [firstNumber + index], names: [point.layer]))
      }
    }
    return marks
  }

  func write(to markup: inout Markup) {
    markup.element(
      "svg",
      [
        "class": "roofline", "viewBox": "0 0 \(pixels(Self.size.width)) \(pixels(Self.size.height))", "role": "img",
        "aria-label": "Roofline of the engine \(roofline.engine)",
      ]
    ) { markup in
      writeAxes(to: &markup)
      let marks = marks
      let labels = writeRoofs(avoiding: marks, to: &markup)
      write(marks, avoiding: labels, to: &markup)
    }
    markup.newline()
  }

  func writeAxes(to markup: inout Markup) {
    let plot = Self.plot
    let bottom = plot.top + plot.height
    let everySecond = xAxis.count > 14 ? 2 : 1
    for power in xAxis {
      let x = x(exp2(Double(power)))
      markup.empty("path", ["class": "grid", "d": "M\(pixels(x)) \(pixels(plot.top))V\(pixels(bottom))"])
      guard (power - xAxis.lowerBound).isMultiple(of: everySecond) else { continue }
      markup.element(
        "text", ["class": "tick middle", "x": pixels(x), "y": pixels(bottom + 15)], Self.tick(power))
    }
    for power in yAxis {
      let y = y(exp2(Double(power)))
      markup.empty(
        "path", ["class": "grid", "d": "M\(pixels(plot.left)) \(pixels(y))H\(pixels(plot.left + plot.width))"])
      markup.element("text", ["class": "tick end", "x": pixels(plot.left - 6), "y": pixels(y + 3.5)], Self.tick(power))
    }
    markup.element(
      "text", ["class": "axis middle", "x": pixels(plot.left + plot.width / 2), "y": pixels(bottom + 34)],
      "multiply-accumulates per byte on the bus")
    let middle = plot.top + plot.height / 2
    markup.element(
      "text",
      ["class": "axis middle", "x": "12", "y": pixels(middle), "transform": "rotate(-90 12 \(pixels(middle)))"],
      "multiply-accumulates per cycle")
  }

  static func tick(_ power: Int) -> String { power >= 0 ? "\(1 << power)" : "1/\(1 << -power)" }

  /// The bus' slope and a roof per number of products. Returns where they and their labels are.
  func writeRoofs(avoiding marks: [Mark], to markup: inout Markup) -> [LabelPlacement.Rectangle] {
    let bus = Double(roofline.busBytesPerCycle)
    let right = Self.plot.left + Self.plot.width
    var labels: [LabelPlacement.Rectangle] = []
    let highest = roofline.roofs.map { Double($0.macsPerCycle) }.max() ?? 1
    let start = max(exp2(Double(xAxis.lowerBound)), exp2(Double(yAxis.lowerBound)) / bus)
    let slope = "M\(pixels(x(start))) \(pixels(y(start * bus)))L\(pixels(x(highest / bus))) \(pixels(y(highest)))"
    markup.empty("path", ["class": "roof bus", "d": slope])
    let steps = 40
    for step in 0...steps {
      let intensity = start * exp2(log2(highest / bus / start) * Double(step) / Double(steps))
      labels.append(.init(left: x(intensity) - 4, top: y(intensity * bus) - 4, width: 8, height: 8))
    }
    for (index, roof) in roofline.roofs.enumerated() {
      let height = y(Double(roof.macsPerCycle))
      markup.empty(
        "path",
        [
          "class": "roof n\(index)",
          "d": "M\(pixels(x(Double(roof.macsPerCycle) / bus))) \(pixels(height))H\(pixels(right))",
        ])
      let text = "\(roof.modes.joined(separator: ", ")): \(roof.macsPerCycle) per cycle"
      let label = roofLabel(width: Double(text.count) * Self.characterWidth, above: height, avoiding: marks)
      markup.element("text", ["class": "roof-label", "x": pixels(label.left), "y": pixels(height - 5)], text)
      let knee = x(Double(roof.macsPerCycle) / bus)
      labels += [label, .init(left: knee, top: height - 1, width: right - knee, height: 2)]
    }
    return labels
  }

  /// On a roof, as far to the right as no point is in its way.
  func roofLabel(width: Double, above height: Double, avoiding marks: [Mark]) -> LabelPlacement.Rectangle {
    let right = Self.plot.left + Self.plot.width - 4
    let places = stride(from: right - width, through: Self.plot.left, by: -12).map {
      LabelPlacement.Rectangle(left: $0, top: height - 17, width: width, height: 15)
    }
    let points = marks.map { LabelPlacement.Rectangle(left: $0.x - 6, top: $0.y - 6, width: 12, height: 12) }
    return places.first { place in !points.contains(where: place.overlaps) } ?? places[0]
  }

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

import Exploration
import Presentation

/// Parallel coordinates as SVG: an axis per variable, of which widths are places, and a line per network.
struct CoordinatesSVG {
  var variables: [Space.Variable]
  /// Widths by variable.
  var networks: [[Int]]
  /// Drawn above the others.
  var chosen: [Int]?

  private static let (left, top) = (44.0, 22.0)
  private static let characterWidth = 6.7
  /// Names stand as steeply as this, sine and cosine.
  private static let slope = (sine: 0.866, cosine: 0.5)

  private var widths: [Int] { Set(variables.flatMap(\.choices)).sorted() }
  private var step: Double { min(64, max(17, 620 / Double(max(variables.count, 1)))) }
  private var rise: Double { widths.count > 4 ? 30 : 58 }
  private var bottom: Double { Self.top + Double(widths.count - 1) * rise + Self.top }

  /// As much of a name as there is room for.
  private func shown(_ name: String) -> String { name.count <= 30 ? name : "\(name.prefix(17))…\(name.suffix(12))" }

  private func x(_ variable: Int) -> Double { names.indent + Double(variable) * step }

  /// What names need below the axes and, because they lean, to the left of the first one.
  private var names: (indent: Double, height: Double) {
    let lengths = variables.map { Double(shown($0.name).count) * Self.characterWidth }
    let overhang = lengths.enumerated().map { $1 * Self.slope.cosine - Double($0) * step }.max() ?? 0
    return (max(Self.left + 16, overhang + 8), (lengths.max() ?? 0) * Self.slope.sine + 16)
  }

  /// Lines of the same widths lie beside each other.
  private func y(_ bits: Int, of network: Int) -> Double {
    let place = Self.top + Double(widths.count - 1 - (widths.firstIndex(of: bits) ?? 0)) * rise
    let gap = min(3, rise * 0.6 / Double(max(networks.count, 1)))
    return place + (Double(network) - Double(networks.count - 1) / 2) * gap
  }

  func write(to markup: inout Markup) {
    let width = x(variables.count - 1) + 24
    let height = bottom + names.height
    markup.element("div", ["class": "scroll"]) { markup in
      markup.element(
        "svg",
        [
          "class": "coordinates", "width": pixels(width), "height": pixels(height),
          "viewBox": "0 0 \(pixels(width)) \(pixels(height))", "role": "img",
          "aria-label": "Widths of the networks of the front",
        ]
      ) { markup in
        writeAxes(to: &markup)
        for (index, network) in networks.enumerated() where network != chosen {
          write(network, index, "run", to: &markup)
        }
        if let chosen { write(chosen, networks.firstIndex(of: chosen) ?? networks.count, "run chosen", to: &markup) }
      }
    }
    markup.newline()
  }

  private func writeAxes(to markup: inout Markup) {
    for bits in widths {
      let y = Self.top + Double(widths.count - 1 - (widths.firstIndex(of: bits) ?? 0)) * rise
      markup.element(
        "text", ["class": "tick end", "x": pixels(x(0) - 12), "y": pixels(y + 3.5)], "\(bits)")
    }
    for (index, variable) in variables.enumerated() {
      let x = pixels(x(index))
      markup.empty("path", ["class": "grid", "d": "M\(x) 8V\(pixels(bottom - 8))"])
      let y = pixels(bottom + 6)
      markup.element(
        "text", ["class": "tick end", "x": x, "y": y, "transform": "rotate(-60 \(x) \(y))"], shown(variable.name))
    }
  }

  private func write(_ network: [Int], _ index: Int, _ classes: String, to markup: inout Markup) {
    let points = network.enumerated().map { "\(pixels(x($0))) \(pixels(y($1, of: index)))" }
    markup.empty("path", ["class": classes, "d": "M" + points.joined(separator: "L")])
  }
}

import Assessment
import Presentation

/// The histogram of a tensor as SVG, as wide as its place: bars as high as the square root of how many numbers are there, so that
/// tails are seen. A grid of codes lies over it.
struct HistogramSVG {
  /// The values that codes stand for.
  struct Grid {
    var lowest: Double
    var highest: Double
    /// From one to the next; 0 where there are several steps.
    var step: Double

    /// As many as are told apart in a picture of this size.
    private static let mostLevels = 32.0

    /// nil where there are too many to draw.
    var levels: [Double]? {
      let count = step > 0 ? ((highest - lowest) / step).rounded() : .infinity
      return count < Self.mostLevels ? (0...Int(count)).map { lowest + Double($0) * step } : nil
    }
  }

  var histogram: TensorProfile.Histogram
  var grid: Grid?

  private static let height = 30

  /// What is shown: all numbers and the whole grid.
  private var range: (low: Double, width: Double) {
    let low = min(histogram.least, grid?.lowest ?? histogram.least)
    let high = max(histogram.largest, grid?.highest ?? histogram.largest)
    return (low, high > low ? high - low : 1)
  }

  func write(to markup: inout Markup) {
    markup.element("svg", ["class": "histogram", "height": "\(Self.height)", "aria-hidden": "true"]) { markup in
      if let grid {
        let (from, to) = (share(grid.lowest), share(grid.highest))
        rectangle("range", from, to, top: 0, height: Self.height, &markup)
        for level in grid.levels ?? [] {
          let x = percent(share(level))
          markup.empty("line", ["class": "level", "x1": x, "x2": x, "y1": "0", "y2": "\(Self.height)"])
        }
      }
      let most = Double(histogram.counts.max() ?? 0).squareRoot()
      let width = (histogram.largest - histogram.least) / Double(histogram.counts.count)
      for (index, count) in histogram.counts.enumerated() where count > 0 {
        let bar = max(1, Int(Double(count).squareRoot() / most * Double(Self.height)))
        let start = histogram.least + Double(index) * width
        // One value alone has no width of its own.
        let end = width > 0 ? share(start + width) : share(start) + 0.01
        rectangle("fill-conv", share(start), end, top: Self.height - bar, height: bar, &markup)
      }
    }
  }

  private func share(_ value: Double) -> Double { (value - range.low) / range.width }

  private func rectangle(
    _ fill: String, _ from: Double, _ to: Double, top: Int, height: Int, _ markup: inout Markup
  ) {
    markup.empty(
      "rect",
      [
        "class": fill, "x": percent(from), "y": "\(top)", "width": percent(max(to - from, 0)), "height": "\(height)",
      ])
  }
}

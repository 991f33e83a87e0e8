import Libc
import Presentation

/// An axis that holds some values, with round numbers at its ticks.
struct PlotAxis {
  let title: String
  let ticks: [(place: Double, label: String)]
  private let isLogarithmic: Bool
  /// Of values, or of their logarithms to base 10.
  private let range: ClosedRange<Double>

  /// From 0 on where values are not far from it.
  static func linear(_ title: String, _ values: [Double], steps: Int = 6) -> PlotAxis {
    let (least, largest) = (values.min() ?? 0, values.max() ?? 1)
    let width = largest > least ? largest - least : largest == 0 ? 1 : largest.magnitude / 10
    let rough = width / Double(steps)
    let power = pow(10, log10(rough).rounded(.down))
    let step = ([1, 2, 5].map { $0 * power }.first { $0 >= rough }) ?? 10 * power
    var (first, last) = (Int((least / step).rounded(.down)), Int((largest / step).rounded(.up)))
    if first > 0, Double(first) * step < width { first = 0 }
    if first == last { (first, last) = first > 0 ? (first - 1, last) : (first, last + 1) }
    let (divisor, unit): (Double, String) =
      switch largest {
      case 1e7...: (1e6, ", millions")
      case 1e5...: (1e3, ", thousands")
      default: (1, "")
      }
    let decimals = min(9, max(0, -Int(log10(step / divisor).rounded(.down))))
    return PlotAxis(
      title: title + unit,
      ticks: (first...last).map { (Double($0) * step, fixed(Double($0) * step / divisor, decimals: decimals)) },
      isLogarithmic: false, range: (Double(first) * step)...(Double(last) * step))
  }

  /// What is not above 0 lies at the lower end.
  static func logarithmic(_ title: String, _ values: [Double]) -> PlotAxis {
    let positive = values.filter { $0 > 0 }
    let first = Int(log10(positive.min() ?? 1).rounded(.down))
    let last = max(first + 1, Int(log10(positive.max() ?? 1).rounded(.up)))
    let every = (last - first + 5) / 6
    return PlotAxis(
      title: title,
      ticks: stride(from: first, through: last, by: every).map { power in
        (
          pow(10, Double(power)),
          (-3...4).contains(power) ? fixed(pow(10, Double(power)), decimals: max(0, -power)) : "1e\(power)"
        )
      }, isLogarithmic: true, range: Double(first)...Double(last))
  }

  /// 0 to 1 from one end to the other.
  func share(_ value: Double) -> Double {
    let place = isLogarithmic ? log10(max(value, pow(10, range.lowerBound))) : value
    return min(max((place - range.lowerBound) / (range.upperBound - range.lowerBound), 0), 1)
  }
}

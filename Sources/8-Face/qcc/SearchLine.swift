import Presentation
import Search

/// The line that a search draws on a terminal while it runs.
struct SearchLine {
  private let clock = ContinuousClock()
  private let start = ContinuousClock.now
  private var isDrawn = false

  mutating func draw(_ done: Int, _ total: Int, _ best: Trial?) {
    guard Terminal.standardError.isTerminal else { return }
    let seconds = Double((clock.now - start) / .seconds(1))
    let left = done > 0 ? seconds / Double(done) * Double(total - done) : 0
    var line = "\(done) of at most \(total) networks"
    if let best {
      line +=
        ", best \(fixed(best.costs.speedup, decimals: 2))x ideal, \(fixed(best.costs.cycleSpeedup, decimals: 2))x cycles"
      line += ", drop \(fixed(best.verdict.drop * 100, decimals: 2))"
    }
    line += ", \(fixed(left, decimals: 0)) s left at most"
    var standardError = StandardError()
    print(
      "\r" + String(line.prefix((Terminal.standardError.columns ?? 80) - 1)) + "\u{1B}[K", terminator: "",
      to: &standardError)
    isDrawn = true
  }

  /// Wipes the line.
  func finish() {
    guard isDrawn else { return }
    var standardError = StandardError()
    print("\r\u{1B}[K", terminator: "", to: &standardError)
  }
}

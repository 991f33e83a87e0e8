/// Shows on standard error how far long work has come: only on a terminal, only once the work has taken a second, and
/// wiped when it is done.
package struct ProgressBar {
  private let title: String
  private let total: Int
  private let width: Int?
  private let write: (String) -> Void
  private let elapsed: () -> Duration
  private var done = 0
  private var lastDrawn: Duration?

  /// - Parameter total: how many units of work there are.
  package init(_ title: String, total: Int, terminal: Terminal = .standardError) {
    let clock = ContinuousClock()
    let start = clock.now
    self.init(
      title, total: total, terminal: terminal, elapsed: { clock.now - start },
      write: writeToStandardError)
  }

  init(
    _ title: String, total: Int, terminal: Terminal, elapsed: @escaping () -> Duration,
    write: @escaping (String) -> Void
  ) {
    self.title = title
    self.total = max(total, 1)
    width = terminal.isTerminal ? terminal.columns ?? 80 : nil
    self.elapsed = elapsed
    self.write = write
  }

  /// `units` more are done. Redraws ten times a second at most.
  package mutating func advance(by units: Int = 1) {
    done = min(done + units, total)
    guard let width else { return }
    let now = elapsed()
    guard now >= .seconds(1), lastDrawn.map({ now - $0 >= .milliseconds(100) }) ?? true else { return }
    lastDrawn = now
    write("\r\(line(width: width))\u{1B}[K")
  }

  /// Wipes the bar.
  package mutating func finish() {
    guard lastDrawn != nil else { return }
    lastDrawn = nil
    write("\r\u{1B}[K")
  }

  /// `comparing  [=======>      ]  54 %  35/64`
  private func line(width: Int) -> String {
    let fraction = Double(done) / Double(total)
    let percent = String(Int(fraction * 100))
    let figures = String(repeating: " ", count: 3 - percent.count) + "\(percent) %  \(done)/\(total)"
    // The last column stays free: writing there makes some terminals start a new line.
    let room = width - 1 - title.count - figures.count - 6
    guard room >= 10 else { return String((title + "  " + figures).prefix(max(0, width - 1))) }
    let cells = min(room, 40)
    let filled = Int(fraction * Double(cells))
    let bar = String(repeating: "=", count: filled) + (filled < cells ? ">" : "")
    return "\(title)  [\(bar)\(String(repeating: " ", count: cells - bar.count))]  \(figures)"
  }
}

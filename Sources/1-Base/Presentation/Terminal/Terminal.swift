import Libc

/// What an output stream is connected to.
package struct Terminal: Hashable, Sendable {
  package var isTerminal: Bool
  /// Characters per line, where known.
  package var columns: Int?
  package var wantsColor: Bool

  package static let standardOutput = Terminal(descriptor: STDOUT_FILENO)
  package static let standardError = Terminal(descriptor: STDERR_FILENO)

  package init(isTerminal: Bool, columns: Int?, wantsColor: Bool) {
    self.isTerminal = isTerminal
    self.columns = columns
    self.wantsColor = wantsColor
  }

  /// COLUMNS overrides what the terminal says of itself, also where the output is no terminal; NO_COLOR
  /// (https://no-color.org) and TERM=dumb turn colours off.
  package init(descriptor: Int32) {
    isTerminal = isatty(descriptor) == 1
    columns = environment("COLUMNS").flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
    if columns == nil, isTerminal {
      var size = winsize()
      if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { columns = Int(size.ws_col) }
    }
    let refusesColor = environment("NO_COLOR").map { !$0.isEmpty } ?? false
    wantsColor = isTerminal && !refusesColor && environment("TERM") != "dumb"
  }

  /// The style that suits it.
  package var style: TextStyle { TextStyle(width: columns, isColored: wantsColor) }
}

private func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}

/// A write that fails is ignored: a bar that cannot be drawn is no reason to stop the work.
func writeToStandardError(_ text: String) {
  var text = text
  text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

import Testing

@testable import Presentation

@Suite struct ProgressBarTests {
  /// What a bar writes while its clock runs a quarter of a second per unit of work.
  private func output(units: Int, on terminal: Terminal) -> [String] {
    final class Screen { var writes: [String] = [] }
    let screen = Screen()
    var quarters = 0
    var bar = ProgressBar(
      "comparing", total: units, terminal: terminal, elapsed: { .milliseconds(250 * quarters) },
      write: { screen.writes.append($0) })
    for _ in 0..<units {
      quarters += 1
      bar.advance()
    }
    bar.finish()
    return screen.writes
  }

  @Test func shortWorkShowsNothing() {
    #expect(output(units: 3, on: Terminal(isTerminal: true, columns: 80, wantsColor: true)).isEmpty)
  }

  @Test func nothingIsWrittenWhereThereIsNoTerminal() {
    #expect(output(units: 100, on: Terminal(isTerminal: false, columns: 80, wantsColor: false)).isEmpty)
  }

  @Test func longWorkShowsABarAndWipesIt() {
    let writes = output(units: 8, on: Terminal(isTerminal: true, columns: 50, wantsColor: true))
    #expect(writes.count == 6)
    #expect(writes.first == "\r" + "comparing  [============>           ]   50 %  4/8" + "\u{1B}[K")
    #expect(writes.last == "\r\u{1B}[K")
    #expect(writes.dropLast().allSatisfy { $0.count < 50 + 4 })
  }
}

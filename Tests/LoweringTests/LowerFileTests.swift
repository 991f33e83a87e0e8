import Diagnostics
import IntegerProgram
import Lowering
import QIR
import TestSupport
import Testing

/// The rules of lowering, a small graph each.
@Suite struct LowerFileTests {
  @Test(arguments: CaseFile.names())
  func loweringDoesWhatTheFileSays(name: String) throws {
    for failure in try CaseFile(named: name).failures(Self.result) { Issue.record("\(failure)") }
  }

  @Test func thereAreFiles() {
    #expect(CaseFile.names().count >= 7)
  }

  /// The program of a graph, or what is wrong with it.
  private static func result(of text: String) -> String {
    var problems = Diagnostics()
    let program = problems.collecting {
      let program = try lower(GraphParser.graph(from: text)).program
      try program.verify()
      return program.text()
    }
    return String((problems.all.map { "// \($0)\n" }.joined() + (program ?? "")).dropLast())
  }
}

import Diagnostics
import Testing

@Suite struct DiagnosticTests {
  @Test func saysWhereWhatAndHowToFix() {
    let problem = Diagnostic(
      "33 bits", at: .init(file: "m.h5", layer: "fc", tensor: "kernel"), supported: "1 to 32 bits", fix: "lower `bits`")
    #expect(
      problem.description
        == "error: m.h5: layer 'fc', tensor 'kernel': 33 bits; supported: 1 to 32 bits; fix: lower `bits`")
  }

  @Test func collectsEveryProblemBeforeThrowing() {
    var problems = Diagnostics()
    let first: Int? = problems.collecting { throw Diagnostic("one") }
    let second: Int? = problems.collecting {
      throw Diagnostics([Diagnostic("two"), Diagnostic("three", severity: .warning)])
    }
    #expect(first == nil && second == nil)
    #expect(problems.errors.map(\.found) == ["one", "two"])
    #expect(throws: Diagnostics.self) { try problems.throwIfErrors() }
  }
}

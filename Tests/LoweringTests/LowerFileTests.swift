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

  /// Every layer whose requantizer is wider than the target's is named, with what it needs.
  @Test func requantizersBeyondABound() throws {
    let graph = try GraphParser.graph(
      from: """
        graph two
        x = input shape=[3, 3, 1]
        q = quantize x by=quantized_bits(8,0,1)
        c = conv2d q kernel=int4[2, 2, 1, 2](seeded(1))*0.3
        r = quantize c by=quantized_bits(12,1,1)
        d = conv2d r kernel=int4[2, 2, 2, 1](seeded(2))*0.3
        s = quantize d by=quantized_bits(12,1,1)
        output s
        """)
    _ = try lower(graph, requantizerBits: 40)
    let problems = #expect(throws: Diagnostics.self) { try lower(graph, requantizerBits: 2) }
    #expect(problems?.errors.map(\.location.layer) == ["c", "d"])
    for problem in problems?.errors ?? [] {
      let bits = try #require(problem.found.firstMatch(of: /multiplier of ([0-9]+) bits, ([0-9]+) more/))
      let (needed, excess) = (Int(bits.1) ?? 0, Int(bits.2) ?? 0)
      #expect(needed - excess == 2 && needed > 2)
      #expect(throws: (any Error).self) { try lower(graph, requantizerBits: needed - 1) }
    }
  }
}

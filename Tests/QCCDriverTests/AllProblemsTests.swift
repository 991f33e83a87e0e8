import Compiler
import Diagnostics
import QIR
import Testing

/// What is wrong with a network's layers is said of all of them at once, whichever stage finds it.
@Suite struct AllProblemsTests {
  @Test func layersWithoutATileAreNamedBesideLayersWithoutAQuantizer() throws {
    let graph = try GraphParser.graph(
      from: """
        x = input shape=[4, 4, 2]
        q = quantize x by=quantized_bits(8,0,1)
        wide = conv2d q kernel=int8[2, 2, 2, 3](seeded(1))*0.125
        bare = conv2d wide kernel=int4[2, 2, 3, 3](seeded(2))*0.125
        output bare
        """)
    var compiler = try Compiler()
    compiler.target.modes.removeAll { $0.wideBits > 4 }
    let problems = #expect(throws: Diagnostics.self) { try compiler.compile(graph) }
    let layers = Set((problems?.errors ?? []).map { $0.location.layer })
    #expect(layers == ["wide", "bare"], "\(String(describing: problems))")
  }
}

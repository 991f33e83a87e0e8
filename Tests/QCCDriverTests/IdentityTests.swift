import Compiler
import Diagnostics
import Frontends
import Passes
import QIR
import Testing
import Verify

/// Results of the program are joined with the reference's by what the tensors are, whatever passes call them.
@Suite struct IdentityTests {
  /// Gives every node another name.
  private struct Renaming: Pass {
    static let name = "renaming"

    func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
      var graph = graph
      for id in graph.ids { graph[id].name = "renamed\(id.index)" }
      return graph
    }
  }

  @Test(arguments: ["digits_conv_affine", "zoo/two_inputs"]) func aPassMayRename(_ name: String) throws {
    let model = try Frontends.read(TestFiles.network(name))
    let plain = try Compiler().compile(model)
    var compiler = try Compiler()
    compiler.passes.append(Renaming())
    let renamed = try compiler.compile(model)
    #expect(renamed.network.program.tensors.allSatisfy { $0.name.hasPrefix("renamed") })
    #expect(try verify(renamed) == verify(plain))
  }

  private func verify(_ compilation: Compilation) throws -> VerifyReport {
    var options = Verifier.Options()
    options.emitted = false
    options.threads = 1
    return try Verifier(compilation, options: options).report()
  }

  /// Codes of two feature maps that meet in a quantizer behind their concatenation: it moves up, and makes tensors that the
  /// reference does not have. That is said.
  @Test func tensorsOfPassesAreCounted() throws {
    let graph = try GraphParser.graph(
      from: """
        graph g
        x = input shape=[4, 4, 2]
        q = quantize x by=quantized_bits(4,0,1)
        a = conv2d q kernel=int4[3, 3, 2, 2](seeded(1))*0.25
        b = conv2d q kernel=int4[3, 3, 2, 2](seeded(2))*0.25
        c = concatenate a b axis=2
        r = quantize c by=quantized_bits(4,2,1)
        d = conv2d r kernel=int4[1, 1, 4, 2](seeded(3))*0.25
        e = quantize d by=quantized_bits(4,2,1)
        output e
        """)
    let report = try verify(Compiler().compile(graph))
    #expect(report.bitExact)
    #expect(report.unpairedTensors == 2)
    #expect(report.notCompared?.count == 1 && report.notCompared?[0].contains("/early") == true)
    #expect(report.tensors.map(\.name) == ["q", "r", "e"])
  }

  /// Passes make tensors of their own in few networks, and for one reason: quantizers that move up.
  @Test func everyOtherTensorIsCompared() throws {
    for name in ["digits_conv", "digits_conv_auto", "zoo/separable", "zoo/concatenate"] {
      let compilation = try Compiler().compile(Frontends.read(TestFiles.network(name)))
      let known = compilation.reference.nodesByIdentity
      for meaning in compilation.network.meanings {
        let node = compilation.network.graph[meaning.node]
        #expect(known[node.identity] != nil || node.name.contains("/early"), "\(name): \(node.name)")
      }
    }
  }
}

import Diagnostics
import Passes
import QIR
import Quantization
import Quantizers
import TestSupport
import Testing

@Suite struct PassFileTests {
  /// What `quantize-inputs` and `quantize-by-default` give.
  static let sourceQuantizer = "quantized_bits(8,0,1)"

  @Test(arguments: CaseFile.names())
  func passesDoWhatTheFileSays(name: String) throws {
    let file = try CaseFile(named: name)
    let passes = try file.run.map(Self.pass(named:))
    for failure in try file.failures({ Self.result(of: passes, on: $0) }) { Issue.record("\(failure)") }
  }

  @Test func thereAreFiles() {
    #expect(CaseFile.names().count >= 3)
  }

  /// The pass of the compiler's pipeline that has this name.
  private static func pass(named name: String) throws -> any Pass {
    let quantizer = try Quantizer(QuantizerArguments(parsing: sourceQuantizer))
    let passes =
      Pipeline.toReference(sourceQuantizer: quantizer, defaultQuantizer: quantizer) + Pipeline.toProgram
      + Pipeline.toFloatNetwork
    return try #require(passes.first { type(of: $0).name == name }, "no pass is named '\(name)'")
  }

  /// The graph behind the passes, behind what they said.
  private static func result(of passes: [any Pass], on text: String) -> String {
    var problems = Diagnostics()
    let graph = problems.collecting {
      let graph = try GraphParser.graph(from: text)
      var said = Diagnostics()
      let result = try PassManager(passes).run(on: graph, reporting: &said)
      return (GraphPrinter().text(of: result), said)
    }
    let said = (problems.all + (graph?.1.all ?? [])).map { "// \($0)\n" }.joined()
    return String((said + (graph?.0 ?? "")).dropLast())
  }
}

import IntegerProgram
import Lowering
import QIR
import Testing

/// Sums whose operands share tensors: what is kept of them grows with their number, not with the paths through them.
@Suite struct SharedTermsTests {
  @Test(.timeLimit(.minutes(1)), arguments: ["q", "add q q", "elementwise q functions=[affine(1/3, 0)]"])
  func chainsOfSumsStaySmall(second: String) throws {
    var lines = ["graph chain", "x = input shape=[2]", "q = quantize x by=quantized_bits(4,0,1)"]
    lines += [second == "q" ? "t0 = identity q" : "t0 = \(second)", "t1 = elementwise q functions=[affine(1/5, 0)]"]
    lines += (2..<100).map { "t\($0) = add t\($0 - 1) t\($0 - 2)" }
    lines += ["r = quantize t99 by=quantized_bits(4,0,1)", "output r"]
    let network = try lower(GraphParser.graph(from: lines.joined(separator: "\n")))
    #expect(network.program.instructions.count == 1)
    try network.program.verify()
  }
}

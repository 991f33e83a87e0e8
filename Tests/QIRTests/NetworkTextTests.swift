import KerasImport
import QIR
import Testing
import TestSupport

/// Whole networks, with all their constants, keep their meaning when they are written and read back.
@Suite struct NetworkTextTests {
  static var networks: [String] {
    ["", "zoo/"].flatMap { folder in
      Repository.files(in: "\(Repository.testdata)/\(folder)", ending: ".h5").map { folder + $0 }
    }
  }

  @Test(arguments: networks)
  func roundTrip(name: String) throws {
    // Some of the files are there to be refused.
    guard let graph = try? KerasModel.read("\(Repository.testdata)/\(name)").graph else { return }
    let text = GraphPrinter().text(of: graph)
    // One quantizer per channel has no text that says all of it.
    if text.contains(" channels=") { return }
    let read = try GraphParser.graph(from: text)
    #expect(GraphPrinter().text(of: read) == text)
    for (node, other) in zip(graph.nodes, read.nodes) {
      for (parameter, copy) in zip(node.op.parameters, other.op.parameters) {
        #expect(parameter.parameter.values == copy.parameter.values, "\(node.name): \(parameter.name)")
      }
      guard let op = node.op as? QuantizeOp, let copy = other.op as? QuantizeOp else { continue }
      let values = (-3000...3000).map { Double($0) / 257 }
      let same = zip(op.quantizers, copy.quantizers).allSatisfy { one, two in
        values.allSatisfy { one.code(of: $0) == two.code(of: $0) } && one.format == two.format
      }
      #expect(same, "\(node.name): \(op.description)")
    }
  }
}

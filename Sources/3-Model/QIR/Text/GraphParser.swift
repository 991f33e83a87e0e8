import Diagnostics
import Text

/// Reads the text form of a graph (see `GraphPrinter`). Shapes behind `->` may be left out; where they stand they are checked.
package struct GraphParser {
  private var graph: Graph

  /// Throws all that is wrong with `text`.
  package static func graph(from text: String, file: String? = nil) throws(Diagnostics) -> Graph {
    var parser = GraphParser(graph: Graph(name: "graph", file: file))
    var reader = StatementReader<NodeID>(
      kind: "graph", of: "node", resultForm: "[rows, columns, channels]", file: file)
    try reader.read(text) { try parser.node(of: &$0, inputs: $1) }
    if let name = reader.name { parser.graph.name = name }
    var problems = Diagnostics()
    for output in reader.outputs { problems.collecting { try output.attributes.finish() } }
    try problems.throwIfErrors()
    parser.graph.outputs = reader.outputs.map(\.value)
    return parser.graph
  }

  /// - Parameter inputs: nil where one of them could not be read.
  private mutating func node(of statement: inout Statement, inputs: [NodeID]?) throws -> NodeID? {
    guard let type = OperatorKind.types.first(where: { $0.mnemonic == statement.mnemonic }) else {
      throw Diagnostic(
        "unknown operator '\(statement.mnemonic)'", at: statement.location,
        supported: OperatorKind.types.map { $0.mnemonic }.sorted().joined(separator: ", "))
    }
    let op = try type.init(&statement.attributes)
    let axes: [Int]? = try statement.attributes.readIfPresent("file_axes")
    try statement.attributes.finish()
    guard let inputs else { return nil }
    let id = try graph.append(op, named: statement.name, inputs: inputs)
    graph[id].fileAxes = axes
    let shape = graph[id].shape
    if let axes, !shape.isPermutation(axes) {
      throw Diagnostic("file_axes=\(axes) of shape \(shape)", at: statement.location, supported: "every axis once")
    }
    if let written = try self.shape(of: statement), written != shape {
      throw Diagnostic(
        "shape \(written) is written where \(shape) follows from the inputs", at: statement.location)
    }
    return id
  }

  private func shape(of statement: Statement) throws -> Shape? {
    guard let word = statement.result.first else { return nil }
    guard statement.result.count == 1 else {
      throw Diagnostic(
        "more than a shape behind '->'", at: statement.location, supported: "-> [rows, columns, channels]")
    }
    var scanner = TextScanner(word, at: statement.location)
    let shape = try Shape(scanning: &scanner)
    try scanner.finish()
    return shape
  }
}

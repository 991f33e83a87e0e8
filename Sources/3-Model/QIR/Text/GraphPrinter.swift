import Diagnostics
import Text

/// The text form of a graph, a line per node in their order:
///
///     graph digits
///     x = input shape=[8, 8, 1]
///     q = quantize x by=quantized_bits(4,0,1) -> [8, 8, 1]
///     c = conv2d q kernel=int4[3, 3, 1, 8](seeded(1))*0.25 stride=[2, 2] -> [3, 3, 8]
///     output c
///
/// `file_axes=[2, 0, 1]` behind the attributes says that the model file keeps the tensor's axes in another order.
package struct GraphPrinter {
  package var constants: ConstantStyle

  package init(constants: ConstantStyle = .whole) {
    self.constants = constants
  }

  package func text(of graph: Graph) -> String {
    var lines = ["graph \(QuotedName.text(of: graph.name))"]
    lines += graph.nodes.map { line($0, in: graph) }
    lines.append((["output"] + graph.outputs.map { QuotedName.text(of: graph[$0].name) }).joined(separator: " "))
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ node: Node, in graph: Graph) -> String {
    var writer = AttributeWriter(constants: constants)
    node.op.write(to: &writer)
    var words = [QuotedName.text(of: node.name), "=", node.op.mnemonic]
    words += node.inputs.map { QuotedName.text(of: graph[$0].name) }
    words += writer.words
    if let axes = node.fileAxes { words.append("file_axes=\(axes.text)") }
    // An input's shape is its attribute.
    if !node.inputs.isEmpty { words += ["->", node.shape.text] }
    return words.joined(separator: " ")
  }
}

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
    let type = try require(
      OperatorKind.types.first(where: { $0.mnemonic == statement.mnemonic }),
      "unknown operator '\(statement.mnemonic)'", at: statement.location,
      supported: OperatorKind.types.map { $0.mnemonic }.sorted().joined(separator: ", "))
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
    try require(
      statement.result.count == 1, "more than a shape behind '->'", at: statement.location,
      supported: "-> [rows, columns, channels]")
    var scanner = TextScanner(word, at: statement.location)
    let shape = try Shape(scanning: &scanner)
    try scanner.finish()
    return shape
  }
}

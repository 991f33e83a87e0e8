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

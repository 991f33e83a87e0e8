/// An operator of a model and how it is read.
package struct OperatorRow: Sendable {
  /// "" is ONNX' own.
  package let domain: String
  package let names: [String]
  /// What of it is supported, for the documentation.
  package let notes: String
  /// Appends the node's nodes to the graph and says what its results are.
  let read: @Sendable (inout NodeReader) throws -> Void

  init(
    _ names: String..., domain: String = "", notes: String = "",
    read: @escaping @Sendable (inout NodeReader) throws -> Void
  ) {
    self.names = names
    self.domain = domain
    self.notes = notes
    self.read = read
  }
}

/// Every operator that can be read: a new one is a row here and a reader under `Operators/`.
package enum OperatorTable {
  package static let rows: [OperatorRow] =
    QuantizationOperators.rows + IntegerOperators.rows + QONNXOperators.rows + LinearOperators.rows
    + ElementwiseOperators.rows + ShapeOperators.rows + SelectionOperators.rows + PoolingOperators.rows

  /// Operators of constants that are computed when the model is read.
  package static var foldedNames: [String] { ConstantFolder.names }

  private static let byName: [String: OperatorRow] = Dictionary(
    rows.flatMap { row in row.names.map { ("\(row.domain):\($0)", row) } }, uniquingKeysWith: { first, _ in first })

  /// The versions that operator sets beside ONNX' own have.
  static func versions(ofDomain domain: String) -> ClosedRange<Int>? {
    switch domain {
    case IntegerOperators.microsoft: 1...1
    case QONNXOperators.domain: 1...2
    default: nil
    }
  }

  static func row(_ name: String, domain: String) -> OperatorRow? {
    switch domain {
    case let former where QONNXOperators.formerDomains.contains(former): byName["\(QONNXOperators.domain):\(name)"]
    default: byName["\(domain):\(name)"]
    }
  }
}

import Diagnostics

/// How operators of one kind are read, and what the documentation says of them.
package struct OperatorRow: Sendable {
  package let names: [String]
  /// What of it is supported, for the documentation.
  package let notes: String
  /// Appends the operator's nodes to the graph and says what its results are.
  let read: @Sendable (inout OperatorReader) throws -> Void

  init(
    _ names: String..., notes: String = "", read: @escaping @Sendable (inout OperatorReader) throws -> Void
  ) {
    self.names = names
    self.notes = notes
    self.read = read
  }
}

/// Every operator that can be read: a new one is a row here and a reader under `Operators/`.
package enum OperatorTable {
  package static let rows: [OperatorRow] =
    LinearOperators.rows + PoolingOperators.rows + ArithmeticOperators.rows + ActivationOperators.rows
    + QuantizationOperators.rows + ShapeOperators.rows + ResizeOperators.rows + VariableOperators.rows
    + ConstantOperators.rows

  private static let byName: [String: OperatorRow] = Dictionary(
    rows.flatMap { row in row.names.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })

  static func row(_ name: String) -> OperatorRow? { byName[name] }
}

/// What is said of operators that cannot be read.
enum Unsupported {
  static func problem(_ name: String, custom: String?, at location: Diagnostic.Location) -> Diagnostic {
    if let custom {
      let isFlex = custom.hasPrefix("Flex")
      return Diagnostic(
        isFlex ? "the TensorFlow operator \(custom.dropFirst(4)) in it" : "the custom operator '\(custom)'",
        at: location,
        supported: "TensorFlow Lite's own operators",
        fix: isFlex
          ? "convert the network without SELECT_TF_OPS"
          : "build the network of other operators, or end it in front of this one")
    }
    switch name {
    case "IF", "WHILE", "CALL":
      return Diagnostic(
        "control flow: \(name)", at: location, supported: "networks of one subgraph",
        fix: "build the network without it and convert it again")
    default:
      let way = ways.first { $0.operators.contains(name) }?.out
      return Diagnostic("operator \(name) is not supported", at: location, fix: way ?? noWay)
    }
  }

  /// Said once where operators are missing.
  static func list(at location: Diagnostic.Location) -> Diagnostic {
    let names = OperatorTable.rows.flatMap(\.names).sorted()
    return Diagnostic(
      "operators that are supported: \(names.joined(separator: ", "))", at: location, severity: .note)
  }

  private static let noWay = "there is no other form of it: build the network without it and train it again"

  private static let ways: [(operators: Set<String>, out: String)] = [
    (["ARG_MAX", "ARG_MIN", "TOPK_V2"], "end the network in front of it: the host can do it"),
    (["LOG_SOFTMAX"], "end the network in front of it, or in SOFTMAX"),
    (["ELU", "GELU"], "train with ReLU, LeakyReLU, HardSwish, sigmoid or tanh in its place"),
    (
      ["LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM", "UNIDIRECTIONAL_SEQUENCE_RNN", "RNN", "SVDF"],
      "train with convolutions over time"
    ),
  ]
}

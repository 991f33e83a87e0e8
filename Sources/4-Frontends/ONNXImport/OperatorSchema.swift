import ONNX

/// What an operator may have from one version of its operator set on (ONNX `OpSchema`).
struct OperatorSchema {
  struct Attribute {
    /// ONNX `AttributeProto.AttributeType` in lower case.
    let type: String
    let isRequired: Bool
  }

  /// An input or output.
  struct Operand {
    enum Count {
      case one, optional
      /// Of one type all, or each of its own.
      case many(ofOneType: Bool)
    }

    /// A variable, or an element type itself.
    let type: String
    let count: Count
  }

  let version: Int
  let attributes: [String: Attribute]
  let inputs: [Operand]
  let outputs: [Operand]
  /// What a variable may be.
  private let types: [String: [ONNXElementType]]

  /// The versions of an operator, `DOMAIN:NAME`, that there are, the earliest first; none of one that is not read.
  static func versions(of name: String) -> [OperatorSchema] { (lines[name] ?? []).map(OperatorSchema.init) }

  /// The element types that an operand may have.
  func types(of operand: Operand) -> [ONNXElementType] {
    types[operand.type] ?? Self.typesByName[operand.type].map { [$0] } ?? []
  }
}

// MARK: The table

extension OperatorSchema {
  private static let lines = Dictionary(
    grouping: OperatorSchemas.text.split(separator: "\n"), by: { String($0.prefix { $0 != " " }) })

  private static let typesByName = Dictionary(
    uniqueKeysWithValues: ONNXElementType.allCases.map { ($0.name, $0) })

  /// `DOMAIN:NAME VERSION | ATTRIBUTE:TYPE! … | INPUT? … | OUTPUT* … | VARIABLE=TYPE,… …`
  private init(_ line: Substring) {
    let fields = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.split(separator: " ") }
    version = Int(fields[0][1]) ?? 0
    attributes = Dictionary(
      uniqueKeysWithValues: fields[1].map { word in
        let parts = word.split(separator: ":")
        let isRequired = parts[1].last == "!"
        return (String(parts[0]), Attribute(type: String(parts[1].prefix { $0 != "!" }), isRequired: isRequired))
      })
    inputs = fields[2].map(Operand.init)
    outputs = fields[3].map(Operand.init)
    types = Dictionary(
      uniqueKeysWithValues: fields[4].map { word in
        let parts = word.split(separator: "=", omittingEmptySubsequences: false)
        return (String(parts[0]), parts[1].split(separator: ",").compactMap { Self.typesByName[String($0)] })
      })
  }
}

extension OperatorSchema.Operand {
  fileprivate init(_ word: Substring) {
    type = String(word.prefix { $0.isLetter || $0.isNumber })
    count =
      switch word.dropFirst(type.count) {
      case "?": .optional
      case "*": .many(ofOneType: true)
      case "*~": .many(ofOneType: false)
      default: .one
      }
  }
}

extension [OperatorSchema.Operand] {
  /// How many there may be; nil at the end where there is no most.
  var counts: (least: Int, most: Int?) {
    let least = lastIndex { if case .optional = $0.count { false } else { true } }.map { $0 + 1 } ?? 0
    if case .many? = last?.count { return (least, nil) }
    return (least, count)
  }

  /// That of an index; the last one may stand for many.
  func operand(_ index: Int) -> Element? {
    if indices.contains(index) { return self[index] }
    if case .many? = last?.count { return last }
    return nil
  }
}

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
    + ElementwiseOperators.rows + CombiningOperators.rows + ShapeOperators.rows + SelectionOperators.rows
    + ResizeOperators.rows
    + PoolingOperators.rows

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

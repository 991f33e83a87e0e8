import Diagnostics
import ONNX

/// Checks nodes against the schemas of their operators in the operator sets that the model names, as ONNX' own checker does,
/// and finds the element type of every tensor.
struct SchemaChecks {
  private let model: ONNXModel
  private let file: String
  /// Of tensors as far as they are known.
  private(set) var types: [String: ONNXElementType] = [:]
  /// Nodes whose operands are wrong, by their place in the graph.
  private var refused: Set<Int> = []
  /// The attributes of nodes that have wrong ones, without these.
  private var attributes: [Int: [(name: String, value: ONNXAttribute)]] = [:]
  private(set) var problems = Diagnostics()
  /// The versions of the operators that were met, by domain and name.
  private var schemas: [String: [OperatorSchema]] = [:]

  /// - Parameter order: nodes by their place in the graph, each behind those it reads.
  init(_ model: ONNXModel, order: [Int], file: String) {
    self.model = model
    self.file = file
    for tensor in model.graph.initializers { types[tensor.name] = tensor.type }
    for input in model.graph.inputs { declare(input, "the graph's input") }
    for index in order { check(model.graph.nodes[index], index) }
    for value in model.graph.values { declare(value, "the tensor") }
    for output in model.graph.outputs { declare(output, "the graph's output") }
  }

  /// What can be read of a node; nil where that is nothing.
  func readable(_ index: Int) -> ONNXNode? {
    guard !refused.contains(index) else { return nil }
    var node = model.graph.nodes[index]
    if let attributes = attributes[index] { node.attributes = attributes }
    return node
  }

  private mutating func report(
    _ found: String, _ node: ONNXNode, supported: String? = nil, fix: String? = nil
  ) {
    problems.report(found, at: .init(file: file, layer: node.label), supported: supported, fix: fix)
  }

  /// What the file says of a tensor is what it is.
  private mutating func declare(_ value: ONNXValueInfo, _ what: String) {
    guard let declared = value.type else { return }
    let found = types[value.name] ?? declared
    types[value.name] = found
    if found != declared {
      problems.report(
        "\(what) is declared as \(declared.name) and is \(found.name)", at: .init(file: file, tensor: value.name),
        fix: "export the model again, or correct it with onnx.helper")
    }
  }

  private mutating func check(_ node: ONNXNode, _ index: Int) {
    let domain = QONNXOperators.formerDomains.contains(node.domain) ? QONNXOperators.domain : node.domain
    let name = "\(domain):\(node.operatorType)"
    let versions = schemas[name] ?? OperatorSchema.versions(of: name)
    schemas[name] = versions
    guard let first = versions.first else { return }
    // Tools around QONNX do not ask for its operator set.
    guard let opset = model.version(ofDomain: node.domain) ?? (domain == QONNXOperators.domain ? 1 : nil) else {
      if node.domain.isEmpty { return }
      refused.insert(index)
      return report(
        "the model names no version of the operator set '\(node.domain)'", node,
        fix: "add it to the model's opset_import")
    }
    guard !node.domain.isEmpty || ONNXNetwork.opsets.contains(opset) else { return }
    let schema = versions.last { $0.version <= opset } ?? first
    if schema.version > opset {
      // Exporters write some of them; there is one thing that they can mean.
      problems.report(
        "operator \(node.operatorType), which operator set \(opset) does not have, is read as that of version \(schema.version)",
        at: .init(file: file, layer: node.label), fix: "export the model with opset \(schema.version)",
        severity: .warning)
    }
    let before = problems.errors.count
    checkCounts(of: node, schema)
    if problems.errors.count == before { checkTypes(of: node, schema) }
    if problems.errors.count > before { refused.insert(index) }
    checkAttributes(of: node, index, schema)
  }

  private mutating func checkAttributes(of node: ONNXNode, _ index: Int, _ schema: OperatorSchema) {
    var seen: Set<String> = []
    var kept: [(name: String, value: ONNXAttribute)] = []
    defer { if kept.count < node.attributes.count { attributes[index] = kept } }
    for (name, value) in node.attributes {
      guard seen.insert(name).inserted else {
        report("attribute '\(name)' is given twice", node, supported: "each once")
        continue
      }
      guard let attribute = schema.attributes[name] else {
        report(
          "attribute '\(name)'", node,
          supported: "\(node.operatorType) of version \(schema.version) without it, or with "
            + (schema.attributes.isEmpty ? "none" : schema.attributes.keys.sorted().joined(separator: ", ")))
        continue
      }
      guard value.type == attribute.type else {
        report("attribute '\(name)' is \(value.kind)", node, supported: "a value of type \(attribute.type)")
        continue
      }
      kept.append((name, value))
    }
    for (name, attribute) in schema.attributes.sorted(by: { $0.key < $1.key })
    where attribute.isRequired && !seen.contains(name) {
      report("no attribute '\(name)'", node, supported: "a value of type \(attribute.type)")
      refused.insert(index)
    }
  }

  private mutating func checkCounts(of node: ONNXNode, _ schema: OperatorSchema) {
    for (what, names, operands) in [
      ("inputs", node.inputs, schema.inputs), ("outputs", node.outputs, schema.outputs),
    ] {
      let (least, most) = operands.counts
      guard names.count >= least, names.count <= most ?? names.count else {
        report(
          "\(names.count) \(what)", node,
          supported: most == least ? "\(least)" : "\(least) " + (most.map { "to \($0)" } ?? "or more"))
        continue
      }
      for (index, name) in names.enumerated() where name.isEmpty {
        if case .optional? = operands.operand(index)?.count { continue }
        report("\(what.dropLast()) \(index + 1) is left out", node, supported: "a name")
      }
    }
  }

  private mutating func checkTypes(of node: ONNXNode, _ schema: OperatorSchema) {
    /// What variables are, and the input that says so.
    var bound: [String: (type: ONNXElementType, input: String)] = [:]
    for (index, name) in node.inputs.enumerated() {
      guard let type = types[name], let operand = schema.inputs.operand(index) else { continue }
      let allowed = schema.types(of: operand)
      guard allowed.contains(type) else {
        report("input '\(name)' is of \(type.name)", node, supported: allowed.map(\.name).joined(separator: ", "))
        continue
      }
      if case .many(ofOneType: false) = operand.count { continue }
      if let other = bound[operand.type], other.type != type {
        report(
          "input '\(other.input)' is of \(other.type.name), and '\(name)' of \(type.name)", node,
          supported: "one type for both", fix: "put a Cast in front of one of them")
      }
      bound[operand.type] = bound[operand.type] ?? (type, name)
    }
    for (index, name) in node.outputs.enumerated() where !name.isEmpty {
      guard let operand = schema.outputs.operand(index) else { continue }
      let allowed = schema.types(of: operand)
      let variable = node.variable(ofResult: operand)
      let type = node.declaredType ?? bound[variable]?.type
      if let type, !allowed.contains(type) {
        report("a result of \(type.name)", node, supported: allowed.map(\.name).joined(separator: ", "))
      }
      if let declared = node.declaredType, let found = bound[variable]?.type, declared != found {
        report("its attributes say a result of \(declared.name), its inputs \(found.name)", node)
      }
      types[name] = type ?? (allowed.count == 1 ? allowed[0] : node.standardType)
    }
  }
}

extension ONNXNode {
  private func attribute(_ name: String) -> ONNXAttribute? { attributes.first { $0.name == name }?.value }

  /// The type of the result that attributes say.
  fileprivate var declaredType: ONNXElementType? {
    switch operatorType {
    case "Cast", "QuantizeLinear", "DequantizeLinear":
      if case .int(let code)? = attribute(operatorType == "Cast" ? "to" : "output_dtype"), code != 0 {
        return ONNXElementType(rawValue: code) ?? .string
      }
      return nil
    case "Constant", "ConstantOfShape":
      guard let value = attributes.first?.value else { return nil }
      return switch value {
      case .tensor(let tensor): tensor.type
      case .float, .floats: .float
      case .int, .ints: .int64
      case .string, .strings: .string
      case .other: nil
      }
    default: return nil
    }
  }

  /// The variable whose type a result has.
  fileprivate func variable(ofResult operand: OperatorSchema.Operand) -> String {
    switch operatorType {
    // Codes have the type of their zero point.
    case "QGemm": "TYZ"
    // Where no attribute says it, that of the scale.
    case "DequantizeLinear" where declaredType == nil && operand.type == "T3": "T2"
    default: operand.type
    }
  }

  /// That of a result of which nothing says the type.
  fileprivate var standardType: ONNXElementType? {
    switch operatorType {
    case "QuantizeLinear": .uint8
    case "ConstantOfShape", "QGemm": .float
    default: nil
    }
  }

  /// How messages name it: its own name, or its first result's.
  var label: String {
    let name = name.isEmpty ? outputs.first { !$0.isEmpty } ?? "" : name
    return name.isEmpty ? "a node without name (\(operatorType))" : "\(name) (\(operatorType))"
  }
}

extension ONNXAttribute {
  /// ONNX `AttributeProto.AttributeType` in lower case.
  fileprivate var type: String {
    switch self {
    case .float: "float"
    case .int: "int"
    case .string: "string"
    case .tensor: "tensor"
    case .floats: "floats"
    case .ints: "ints"
    case .strings: "strings"
    case .other: "other"
    }
  }
}

/// What a model must be before its nodes are looked at.
struct ModelChecks {
  let file: String

  private static let nodeLimit = 16384

  func problems(of model: ONNXModel) -> Diagnostics {
    var problems = Diagnostics()
    func report(_ found: String, supported: String? = nil, fix: String? = nil, tensor: String? = nil) {
      problems.report(found, at: .init(file: file, tensor: tensor), supported: supported, fix: fix)
    }
    let (irs, opsets) = (ONNXNetwork.irVersions, ONNXNetwork.opsets)
    if !irs.contains(model.irVersion) {
      report("IR version \(model.irVersion)", supported: "\(irs.lowerBound) to \(irs.upperBound)")
    }
    if !opsets.contains(model.opset) {
      report(
        model.opset == 0 ? "no version of ONNX' operators is given" : "opset \(model.opset)",
        supported: "opset \(opsets.lowerBound) to \(opsets.upperBound)",
        fix: "convert it with onnx.version_converter, or export it with another opset")
    }
    for (domain, versions) in Dictionary(grouping: model.opsets, by: \.domain).sorted(by: { $0.key < $1.key })
    where Set(versions.map(\.version)).count > 1 {
      report(
        "versions \(versions.map { "\($0.version)" }.joined(separator: ", ")) of the operator set "
          + "'\(domain.isEmpty ? "ai.onnx" : domain)'", supported: "one of each operator set",
        fix: "keep the one in opset_import that the operators were written for")
    }
    for (domain, version) in model.opsets {
      guard let known = OperatorTable.versions(ofDomain: domain), !known.contains(version) else { continue }
      report(
        "version \(version) of the operator set '\(domain)'", supported: "\(known.lowerBound) to \(known.upperBound)")
    }
    if model.functions > 0 {
      report(
        "\(model.functions) functions of the model's own", supported: "operators",
        fix: "inline them with onnx.inliner.inline_local_functions")
    }
    let graph = model.graph
    // Each becomes a layer or some, of which a network has far fewer (see `Compilation`).
    if graph.nodes.count > Self.nodeLimit {
      report("a graph of \(graph.nodes.count) nodes", supported: "up to \(Self.nodeLimit) nodes")
    }
    if graph.sparseInitializers > 0 {
      report("\(graph.sparseInitializers) sparse initializers", supported: "dense tensors")
    }
    if graph.outputs.isEmpty { report("the graph has no output") }
    var makers: [String: String] = [:]
    func define(_ tensor: String, by maker: String) {
      guard !tensor.isEmpty else { return }
      if let other = makers.updateValue(maker, forKey: tensor) {
        report("two tensors are named '\(tensor)': \(other) and \(maker)", tensor: tensor)
      }
    }
    for tensor in graph.initializers { define(tensor.name, by: "an initializer") }
    let initializers = Set(graph.initializers.map(\.name))
    // Up to IR version 3 initializers had to be inputs too, and exporters still write it so.
    for input in graph.inputs where !initializers.contains(input.name) { define(input.name, by: "an input") }
    for node in graph.nodes {
      for output in node.outputs { define(output, by: "an output of \(node.label)") }
    }
    return problems
  }
}

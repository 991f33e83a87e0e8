import Diagnostics
import ONNX

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

extension ONNXNode {
  /// How messages name it: its own name, or its first result's.
  var label: String {
    let name = name.isEmpty ? outputs.first { !$0.isEmpty } ?? "" : name
    return name.isEmpty ? "a node without name (\(operatorType))" : "\(name) (\(operatorType))"
  }
}

import Diagnostics
import QIR
import TFLite

/// What a network keeps from one run to the next. The program keeps nothing: a variable is an input, and what the network leaves in it an
/// output.
struct Variables {
  struct Variable {
    /// Of its input.
    var name: String
    /// What it holds before the network's first run, where the file says so.
    var initial: TFLiteTensor?
    /// What it holds between two operators; nil before the first of them.
    var value: FeatureMap?
    /// What it holds before a run, where that is read.
    var input: FeatureMap?
    /// Something is assigned that has problems of its own.
    var isLost = false
  }

  /// By their names in the file.
  private var byName: [String: Variable] = [:]

  subscript(name: String) -> Variable {
    get { byName[name] ?? Variable(name: name) }
    set { byName[name] = newValue }
  }

  /// What is read of a run before, in the order of inputs.
  var states: [(variable: Variable, input: FeatureMap)] {
    byName.values.compactMap { variable in variable.input.map { (variable, $0) } }
      .sorted { $0.input.node < $1.input.node }
  }
}

/// Variables are read and assigned.
enum VariableOperators {
  static let rows = [
    OperatorRow(
      "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", notes: "state: an input and an output of the network",
      read: { reader in
        switch reader.name {
        case "VAR_HANDLE": try handle(&reader)
        case "READ_VARIABLE": try readVariable(&reader)
        default: try assign(&reader)
        }
      }),
    OperatorRow("CALL_ONCE", notes: "of what gives variables their first values", read: { try callOnce(&$0) }),
  ]

  private static func handle(_ reader: inout OperatorReader) throws {
    let output = reader.op.outputs.first ?? -1
    _ = try reader.resultTensor()
    let variable = reader.op.text
    if reader.importer.variables[variable].input == nil {
      reader.importer.variables[variable].name = reader.importer.name(of: output)
    }
    reader.importer.set(.handle(variable), of: output)
  }

  private static func readVariable(_ reader: inout OperatorReader) throws {
    let variable = try reader.handle(0)
    let tensor = try reader.resultTensor()
    let known = reader.importer.variables[variable]
    var place = reader.location
    place.tensor = known.name
    if known.value == nil {
      try reader.require(
        tensor.shape.elementCount != nil && !tensor.signature.contains(-1), "a variable of shape \(tensor.shape)",
        supported: "shapes that the file says", fix: "convert the network with a batch of 1")
      let map = try reader.importer.appendInput(tensor, named: known.name, at: place)
      reader.importer.variables[variable].input = map
      reader.importer.variables[variable].value = map
    }
    guard let map = reader.importer.variables[variable].value else { return }
    let format = tensor.type == .float32 ? nil : try reader.resultFormat()
    try reader.require(
      map.format == format && FeatureMap.nodeShape(map.shape) == FeatureMap.nodeShape(tensor.shape),
      "a variable of shape \(map.shape) in a tensor of shape \(tensor.shape) and \(tensor.type.name)",
      supported: "one shape, scale and zero point for all that is read and assigned")
    reader.importer.set(.map(map), of: reader.op.outputs[0])
  }

  private static func assign(_ reader: inout OperatorReader) throws {
    let variable = try reader.handle(0)
    reader.importer.variables[variable].isLost = true
    reader.importer.variables[variable].value = try reader.anyMap(1)
    reader.importer.variables[variable].isLost = false
  }

  private static func callOnce(_ reader: inout OperatorReader) throws {
    let index = reader.integer("init_subgraph_index")
    let model = reader.importer.model
    let graph = try reader.require(
      model.subgraphs.indices.contains(index) ? model.subgraphs[index] : nil, "subgraph \(index)",
      supported: "0 to \(model.subgraphs.count - 1)")
    var handles: [Int: String] = [:]
    for op in graph.operators {
      let name = model.operatorCodes.indices.contains(op.code) ? model.operatorCodes[op.code].name : "code \(op.code)"
      switch name {
      case "VAR_HANDLE": for output in op.outputs { handles[output] = op.text }
      case "ASSIGN_VARIABLE":
        let ends = op.inputs.count == 2 ? (handles[op.inputs[0]], op.inputs[1]) : (nil, -1)
        guard let variable = ends.0, graph.tensors.indices.contains(ends.1) else { fallthrough }
        reader.importer.variables[variable].initial = graph.tensors[ends.1]
      default:
        throw reader.problem(
          "\(name) in subgraph \(index), which runs once", supported: "VAR_HANDLE and ASSIGN_VARIABLE of constants",
          fix: "build the network without it and convert it again")
      }
    }
  }
}

extension GraphImporter {
  /// Variables that are read become outputs behind the network's own.
  mutating func handOutVariables() {
    var states: [String] = []
    for (variable, input) in variables.states where !variable.isLost {
      guard let value = variable.value else { continue }
      let place = Diagnostic.Location(file: file, layer: variable.name)
      guard value.node != input.node else {
        problems.report(
          "the variable is read and never assigned", at: place,
          supported: "variables that a run leaves for the next one",
          fix: "convert the network with a constant in its place")
        continue
      }
      guard value.format == input.format, graph[value.node].shape == graph[input.node].shape else {
        problems.report(
          "a variable of shape \(input.shape) gets a tensor of shape \(value.shape)", at: place,
          supported: "one shape, scale and zero point for all that is read and assigned")
        continue
      }
      graph.outputTitles[graph.outputs.count] = "\(variable.name)/next"
      graph.outputs.append(value.node)
      states.append("'\(variable.name)' \(graph[input.node].shape), \(start(of: variable))")
    }
    guard !states.isEmpty else { return }
    problems.report(
      Diagnostic(
        "the network keeps state: these inputs get what the run before handed out as the outputs of their names with /next, and for the "
          + "first run: \(states.joined(separator: "; "))", at: location, severity: .note))
  }

  /// What a variable holds before the first run, in words.
  private func start(of variable: Variables.Variable) -> String {
    guard let initial = variable.initial, model.hasConstants(initial) else { return "what the caller chooses" }
    if let zero = variable.input?.format?.zeroPoint {
      let integers = try? model.integers(of: initial, at: location)
      return integers?.allSatisfy { $0 == zero } == true ? "code \(zero)" : "the codes of '\(initial.name)' in the file"
    }
    let bytes = model.buffers[initial.buffer].map { model.bytes[$0] } ?? []
    return bytes.allSatisfy { $0 == 0 } ? "0" : "the numbers of '\(initial.name)' in the file"
  }
}

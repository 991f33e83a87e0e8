import Diagnostics
import HDF5
import Numbers
import QIR

/// An HDF5 file of another program's outputs: what it holds of a network.
struct GoldenFile {
  private(set) var tensors: [NodeID: GoldenTensor] = [:]
  /// What else is in it, in words.
  private(set) var ignored: [String] = []

  /// What the program computed in: the coarsest of the types that its numbers have.
  var arithmetic: FloatArithmetic {
    tensors.values.compactMap(\.arithmetic).min { $0.precision < $1.precision } ?? .single
  }

  private static let inputs = "x"
  /// Numbers by layer, and codes by quantized tensor.
  private static let groups = ["layers", "tensors"]

  /// - Throws: `Diagnostics` where the file cannot be read, where it names what the network does not have, or holds arrays of
  ///   other shapes.
  init(_ file: String, of graph: Graph) throws {
    let location = Diagnostic.Location(file: file)
    let structure = try H5File(file, structureOnly: true).root
    var problems = Diagnostics()
    Self.checkNames(structure, graph, location, &problems)
    let others = (structure.groups.map(\.name) + structure.datasets.map(\.name)).filter {
      !(Self.groups + [Self.inputs]).contains($0)
    }
    if !others.isEmpty {
      ignored.append("\(others.quotedList) in the golden file: its x, layers and tensors alone are read")
    }
    try problems.throwIfErrors()
    let root = try H5File(file, only: Self.groups).root
    for group in Self.groups {
      for dataset in root.groupIfPresent(group)?.allDatasets ?? [] {
        guard let id = Self.node(graph, named: dataset.name(in: group)) else { continue }
        let tensor = problems.collecting {
          try GoldenTensor(dataset, of: graph[id], group: group, file: file)
        }
        if tensors[id] != nil {
          problems.report(
            Diagnostic("more than one dataset for '\(graph[id].name)'", at: location, fix: "leave one out"))
        }
        tensors[id] = tensor
      }
    }
    try problems.throwIfErrors()
    guard !tensors.isEmpty else {
      throw Diagnostic(
        "no dataset in a group 'layers' or 'tensors'", at: location,
        supported:
          "datasets layers/<layer name> (numbers) or tensors/<tensor name> (a quantizer's codes) of shape [n, …], "
          + "their first n inputs in dataset 'x'")
    }
  }

  /// `|` in the name of a dataset stands for `/`.
  private static func node(_ graph: Graph, named name: String) -> NodeID? {
    graph.node(named: name) ?? graph.node(named: name.replacing("|", with: "/"))
  }

  private static func checkNames(
    _ root: H5Group, _ graph: Graph, _ location: Diagnostic.Location, _ problems: inout Diagnostics
  ) {
    func check(_ group: String, _ known: [NodeID]) {
      if root.datasetIfPresent(group) != nil, group != inputs {
        problems.report(Diagnostic("'\(group)' is a dataset", at: location, supported: "a group of datasets"))
      }
      guard let group = root.groupIfPresent(group) else { return }
      let unknown = group.allDatasets.map { $0.name(in: group.path) }.filter { name in
        node(graph, named: name).map { !known.contains($0) } ?? true
      }
      if !unknown.isEmpty {
        problems.report(
          Diagnostic(
            "the network has nothing that \(unknown.quotedList) in group '\(group.path)' could be of", at: location,
            supported: known.map { graph[$0].name }.quotedList,
            fix: "name datasets as the network does, '|' for '/'"
              + (group.path == groups[1] ? "; what no quantizer makes goes to group 'layers'" : "")))
      }
      let empty = group.allGroups.filter { $0.groups.isEmpty && $0.datasets.isEmpty }.map(\.path)
      if !empty.isEmpty {
        problems.report(
          Diagnostic("\(empty.quotedList) is a group without datasets", at: location, supported: "a dataset"))
      }
    }
    check(inputs, graph.inputs)
    check(groups[0], graph.ids)
    check(groups[1], graph.ids.filter { graph[$0].op is QuantizeOp })
  }
}

extension H5Dataset {
  /// Its path from a group at the top of the file.
  fileprivate func name(in group: String) -> String { String(path.dropFirst(group.count + 1)) }
}

extension H5Group {
  /// Those in here at any depth.
  fileprivate var allGroups: [H5Group] { groups + groups.flatMap(\.allGroups) }
}

import Diagnostics
import HDF5
import Numbers
import QIR
import Quantization

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
          problems.report("more than one dataset for '\(graph[id].name)'", at: location, fix: "leave one out")
        }
        tensors[id] = tensor
      }
    }
    try problems.throwIfErrors()
    try require(
      !tensors.isEmpty, "no dataset in a group 'layers' or 'tensors'", at: location,
      supported:
        "datasets layers/<layer name> (numbers) or tensors/<tensor name> (a quantizer's codes) of shape [n, …], "
        + "their first n inputs in dataset 'x'")
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
        problems.report("'\(group)' is a dataset", at: location, supported: "a group of datasets")
      }
      guard let group = root.groupIfPresent(group) else { return }
      let unknown = group.allDatasets.map { $0.name(in: group.path) }.filter { name in
        node(graph, named: name).map { !known.contains($0) } ?? true
      }
      if !unknown.isEmpty {
        problems.report(
          "the network has nothing that \(unknown.quotedList) in group '\(group.path)' could be of", at: location,
          supported: known.map { graph[$0].name }.quotedList,
          fix: "name datasets as the network does, '|' for '/'"
            + (group.path == groups[1] ? "; what no quantizer makes goes to group 'layers'" : ""))
      }
      let empty = group.allGroups.filter { $0.groups.isEmpty && $0.datasets.isEmpty }.map(\.path)
      if !empty.isEmpty {
        problems.report("\(empty.quotedList) is a group without datasets", at: location, supported: "a dataset")
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

/// What a golden file holds of one node: its numbers (group `layers/`) or its quantizer's codes (group `tensors/`, and integers
/// in the other), sample by sample, axes in the model file's order.
struct GoldenTensor {
  let samples: Int
  /// Whether the file says codes; numbers otherwise.
  let isCodes: Bool
  /// The arithmetic that numbers come from, by their type in the file and by what they are; nil for codes, which do not say.
  let arithmetic: FloatArithmetic?
  private let node: Node
  /// As the file has them.
  private let numbers: [Double]

  /// - Throws: `Diagnostic` for an array of another shape, or of what are no numbers or no codes.
  init(_ dataset: H5Dataset, of node: Node, group: String, file: String) throws {
    let isCodes = group == "tensors" || (node.op is QuantizeOp && dataset.elementType.isInteger)
    let location = Diagnostic.Location(file: file, tensor: dataset.path)
    let shape = node.fileShape.extents
    try require(
      [shape, [node.shape.elements]].contains(Array(dataset.shape.dropFirst())) && dataset.shape.first != 0,
      "an array of shape \(dataset.shape)", at: location, supported: "[n" + shape.map { ", \($0)" }.joined() + "]")
    self.node = node
    self.isCodes = isCodes
    numbers = try dataset.doubles
    try require(
      numbers.allSatisfy { isCodes ? Int32(exactly: $0) != nil : $0.isFinite },
      isCodes ? "the array holds numbers that are no codes" : "the array holds NaN or infinity", at: location,
      supported: isCodes ? "integers of 32 bits" : "finite numbers")
    samples = numbers.count / node.shape.elements
    arithmetic = isCodes ? nil : dataset.elementType.arithmetic(of: numbers)
  }

  /// A sample's numbers in the order of the node's axes.
  func values(of sample: Int) -> [Double] {
    let elements = node.shape.elements
    let own = node.fromFileOrder(Array(numbers[(sample * elements)..<((sample + 1) * elements)]))
    guard isCodes, let op = node.op as? QuantizeOp else { return own }
    return op.quantizers.forEachElement(of: own.count) { quantizer, element in
      quantizer.format.value(of: Int64(own[element]))
    }
  }

  /// How far from its values the numbers may be that the program went on with: nothing where the file holds them, the roundings
  /// of scale x (code - zero point) where it holds codes.
  func error(ofValues values: [Double], in arithmetic: FloatArithmetic) -> [Double] {
    values.map { isCodes ? arithmetic.roundings(2) * abs($0) : 0 }
  }
}

extension H5ElementType {
  fileprivate var isInteger: Bool {
    switch self {
    case .signed, .unsigned: true
    case .float, .enumeration, .string, .other: false
    }
  }

  /// What computed such numbers. float64 that float32 holds is float32 in a wider place.
  fileprivate func arithmetic(of numbers: [Double]) -> FloatArithmetic {
    switch self {
    case .float(bits: 16): .half
    case .float(bits: 64) where numbers.contains { FloatArithmetic.single.error(ofHolding: $0) > 0 }: .double
    default: .single
    }
  }
}

extension CodeFormat {
  /// The code that stands for a number; the nearest of `codes` where it does not lie among them.
  func code(nearest value: Double, in codes: ClosedRange<Int64>) -> Int64 {
    let step = self.value(of: zeroPoint + 1)
    let position = (value / step).rounded().clamped(to: -0x1p60...0x1p60)
    return ((Int64(exactly: position) ?? 0) + zeroPoint).clamped(to: codes)
  }
}

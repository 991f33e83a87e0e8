import Diagnostics
import Files
import HDF5
import QIR

/// The group `model_weights` of an H5 file, or all of one that holds weights alone: one group per layer, whose attribute
/// `weight_names` lists paths of datasets.
struct H5Weights: KerasWeights {
  /// The attributes that say what is a weight, and of which layer.
  static let attributes = ["layer_names", "weight_names"]
  /// Where a whole model has them.
  static let group = "model_weights"

  private let root: H5Group
  private let groups: [String: H5Group]

  /// Reads the weights of these layers of the outermost model, and no other dataset.
  /// - Throws: `Diagnostic` where there are none, or more than the budget allows, before any is read.
  /// - Parameter group: where they are in the file.
  init(_ file: H5File, at group: String = group, layers: [String]) throws {
    let structure = H5Weights(
      try require(
        file.root.groupIfPresent(group), "the file has no weights: no group '\(group)'",
        at: .init(file: file.path), fix: "save with model.save"))
    let wanted = try layers.flatMap { layer in
      try structure.datasets(ofLayer: layer)?.map { (layer, $0.dataset) } ?? []
    }
    let read = try file.readingWeights(wanted).root
    self.init(read.groupIfPresent(group) ?? read)
  }

  private init(_ root: H5Group) {
    self.root = root
    groups = Dictionary(root.groups.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  var layerNames: [String] {
    get throws { try root.stringArray(attribute: "layer_names") ?? [] }
  }

  func tensors(ofLayer name: String) throws -> [KerasTensor]? {
    try datasets(ofLayer: name)?.map { name, dataset in
      KerasTensor(name: name, shape: dataset.shape) { try dataset.floats }
    }
  }

  /// A weight that is named and not there is missed by the layer that wants it.
  private func datasets(ofLayer name: String) throws -> [(name: String, dataset: H5Dataset)]? {
    // A layer's name may hold slashes, which make groups in groups.
    guard let group = groups[name] ?? root.groupIfPresent(name),
      let names = try group.stringArray(attribute: "weight_names")
    else {
      return nil
    }
    return names.compactMap { name in group.datasetIfPresent(name).map { (name, $0) } }
  }
}

extension H5File {
  /// The same file with these datasets' elements, each of a layer.
  /// - Throws: `Diagnostic` where they are more than the budget allows, before any is read.
  func readingWeights(_ datasets: [(layer: String, dataset: H5Dataset)]) throws -> H5File {
    var budget = try MemoryBudget()
    for (layer, dataset) in datasets {
      let place = Diagnostic.Location(file: path, layer: layer, tensor: dataset.name)
      try budget.take(dataset.elementCount, of: dataset.elementSize, for: "the model's weights", at: place)
    }
    return try reading(datasets.map(\.dataset.path))
  }
}

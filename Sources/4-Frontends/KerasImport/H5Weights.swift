import Diagnostics
import Files
import HDF5
import QIR

/// The group `model_weights` of an H5 file: one group per layer, whose attribute `weight_names` lists paths of datasets.
struct H5Weights: KerasWeights {
  /// The attributes that say what is a weight, and of which layer.
  static let attributes = ["layer_names", "weight_names"]
  private static let name = "model_weights"

  private let root: H5Group
  private let groups: [String: H5Group]

  /// Reads the weights of these layers of the outermost model, and no other dataset.
  /// - Throws: `Diagnostic` where there are none, or more than the budget allows, before any is read.
  init(_ file: H5File, layers: [String]) throws {
    let group = try require(
      file.root.groupIfPresent(Self.name), "the file has no weights: no group '\(Self.name)'",
      at: .init(file: file.path), fix: "save with model.save")
    var budget = try MemoryBudget()
    let structure = H5Weights(group)
    var paths: [String] = []
    for layer in layers {
      for (_, dataset) in try structure.datasets(ofLayer: layer) ?? [] {
        let place = Diagnostic.Location(file: file.path, layer: layer, tensor: dataset.name)
        try budget.take(dataset.elementCount, of: dataset.elementSize, for: "the model's weights", at: place)
        paths.append(dataset.path)
      }
    }
    self.init(try file.reading(paths).root.group(Self.name))
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

/// A weight of a layer, by the name that Keras gives it: `conv/kernel:0`
package typealias KerasTensor = Layer.Weight

/// Where the weights of a model come from.
package protocol KerasWeights: Sendable {
  /// The weights of a layer of the outermost model; nil where it has none by that name.
  func tensors(ofLayer name: String) throws -> [KerasTensor]?
  /// The layers that there are weights for, as far as it is known.
  var layerNames: [String] { get throws }
}

import Diagnostics
import HDF5

/// The group `model_weights` of an H5 file: one group per layer, whose attribute `weight_names` lists paths of datasets.
struct H5Weights: KerasWeights {
  private let groups: [String: H5Group]

  init(_ group: H5Group) {
    groups = Dictionary(group.groups.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func tensors(ofLayer name: String) throws -> [KerasTensor]? {
    guard let group = group(name), let names = try group.stringArray(attribute: "weight_names") else { return nil }
    // A weight that is named and not there is missed by the layer that wants it.
    return names.compactMap { name in
      group.datasetIfPresent(name).map { dataset in
        KerasTensor(name: name, shape: dataset.shape) { try dataset.floats }
      }
    }
  }

  /// A layer's name may hold slashes, which make groups in groups.
  private func group(_ name: String) -> H5Group? {
    if let group = groups[name] { return group }
    let parts = name.split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let outer = groups[String(parts[0])] else { return nil }
    return outer.groupIfPresent(String(parts[1]))
  }
}

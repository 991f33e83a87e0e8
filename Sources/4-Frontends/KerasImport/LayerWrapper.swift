import Diagnostics
import JSON
import QIR

/// Layers around another one that change its weights while it is trained (tfmot): what is read is the layer in them, with
/// the weights that it computes with when the wrapper is called.
enum LayerWrapper: String, CaseIterable {
  case pruned = "PruneLowMagnitude"
  case clustered = "ClusterWeights"

  /// What the wrapper's configuration may say.
  private var keys: LayerKeys {
    switch self {
    case .pruned: .every + .read("layer") + .harmless("pruning_schedule", "block_size", "block_pooling_type")
    case .clustered:
      .every + .read("layer", "preserve_sparsity", "cluster_per_channel")
        + .harmless("number_of_clusters", "cluster_centroids_init", "cluster_gradient_aggregation", "data_format")
    }
  }

  /// The layer in it: `{"class_name": …, "config": …}`
  func layer(_ config: JSONNode) throws -> JSONNode {
    try keys.problems(of: config).throwIfErrors()
    for key in ["preserve_sparsity", "cluster_per_channel"] where self == .clustered {
      try config.require(
        !config.flag(key, default: false), "says \(key)=True", supported: "False",
        fix: "tfmot.clustering.keras.strip_clustering(model), and save what it returns")
    }
    return try config.member("layer")
  }

  /// The layer's weights as it computes with them.
  func unwrapped(_ tensors: [KerasTensor], at location: Diagnostic.Location) throws -> [KerasTensor] {
    func variable(_ tensor: KerasTensor) -> String { String(LayerWeights.variable(tensor.name)) }
    func only(_ name: String) throws -> KerasTensor? {
      let found = tensors.filter { variable($0) == name }
      try require(
        found.count <= 1, "several weights '\(name)' in a wrapper", at: location, supported: "one",
        fix: "strip the wrappers from the model, and save it")
      return found.first
    }
    switch self {
    case .pruned:
      let own: Set = ["mask", "threshold", "pruning_step"]
      let layer = tensors.filter { !own.contains(variable($0)) }
      guard let mask = try only("mask") else { return layer }
      // What the class prunes (`PruneRegistry`).
      let pruned = layer.contains { variable($0) == "pointwise_kernel" } ? "pointwise_kernel" : "kernel"
      return try layer.map { tensor in
        guard variable(tensor) == pruned else { return tensor }
        try require(
          mask.shape == tensor.shape, "a mask of shape \(mask.shape) for weights of shape \(tensor.shape)",
          at: location, supported: "one shape")
        return KerasTensor(name: tensor.name, shape: tensor.shape) {
          zip(try tensor.values(), try mask.values()).map { $0 * $1 }
        }
      }
    case .clustered:
      let prefixes = ["cluster_centroids_", "pulling_indices_"]
      return try tensors.filter { tensor in !prefixes.contains { variable(tensor).hasPrefix($0) } }.map { tensor in
        guard let centroids = try only(prefixes[0] + variable(tensor)) else { return tensor }
        return KerasTensor(name: tensor.name, shape: tensor.shape) {
          let centroids = try centroids.values()
          // The first of the nearest in float32, as argmin has it.
          return try tensor.values().map { weight in
            centroids.min { abs(weight - $0) < abs(weight - $1) } ?? weight
          }
        }
      }
    }
  }
}

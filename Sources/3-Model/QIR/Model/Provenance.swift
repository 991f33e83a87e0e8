/// What a model's author wrote, where importing takes it apart into nodes. It stands beside the graph, which means the same
/// without it: reports ask it, the compiler does not.
package struct Provenance: Sendable {
  /// Where a node comes from.
  package struct Origin: Sendable {
    /// The class of its layer or operator, as `QConv2D`.
    package var className: String
    /// The layer's name, the same for all nodes that its calls became; nil where the file knows no layers.
    package var layer: String?

    package init(className: String, layer: String? = nil) {
      self.className = className
      self.layer = layer
    }
  }

  /// What the nodes were in the file, network inputs left out, in its order; empty where the file knows no layers.
  package let layers: [Layer]
  private let origins: [TensorIdentity: Origin]

  package init(layers: [Layer] = [], origins: [TensorIdentity: Origin] = [:]) {
    self.layers = layers
    self.origins = origins
  }

  /// Of a graph in which every node but the inputs is a layer's.
  package init(layers: [Layer], of graph: Graph) {
    var origins: [TensorIdentity: Origin] = [:]
    for layer in layers {
      for node in layer.nodes {
        origins[graph.nodes[node].identity] = Origin(className: layer.className, layer: layer.calledName)
      }
    }
    self.init(layers: layers, origins: origins)
  }

  /// The class of the layer or operator that a node came from; nil where that is not known. The node may be of any graph
  /// that passes made of the model's.
  package func className(of node: Node) -> String? { origins[node.identity]?.className }

  /// The name of the layer that a node came from, or the node's where no layer is known.
  package func layerName(of node: Node) -> String { origins[node.identity]?.layer ?? node.name }
}

import Diagnostics
import Quantization

/// A model as it was read: what it computes, and beside it what its author wrote.
package struct Model: Sendable {
  package var graph: Graph
  package var provenance: Provenance
  /// Warnings and notes.
  package var remarks: [Diagnostic]

  package init(_ graph: Graph, provenance: Provenance = Provenance(), remarks: [Diagnostic] = []) {
    self.graph = graph
    self.provenance = provenance
    self.remarks = remarks
  }
}

/// A layer as the model's author wrote it. An importer takes a layer apart into nodes; this keeps what gets lost by that:
/// where it begins and ends, its quantizers and its weights as they were before quantization.
package struct Layer: Sendable {
  /// A variable as the file holds it.
  package struct Weight: Sendable {
    /// `kernel`, `moving_variance`
    package var name: String
    package var shape: [Int]
    /// float32, last axis fastest. Throws where the file holds no numbers.
    package var values: @Sendable () throws -> [Float]

    package init(name: String, shape: [Int], values: @escaping @Sendable () throws -> [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// The name of the node that carries its result.
  package var name: String
  /// The layer's own name: the same for all its calls.
  package var calledName: String
  /// `QConv2D`
  package var className: String
  /// The nodes whose results it reads, in the order of its call; one may come twice.
  package var inputs: [NodeID]
  /// Its own nodes; the last one carries its result.
  package var nodes: Range<Int>
  /// By the names of its configuration's keys: `kernel_quantizer`, `activation`. Keys without a quantizer are left out.
  package var quantizers: [String: Quantizer]
  /// In the file's order.
  package var weights: [Weight]

  package init(
    name: String, calledName: String, className: String, inputs: [NodeID], nodes: Range<Int>,
    quantizers: [String: Quantizer] = [:],
    weights: [Weight] = []
  ) {
    self.name = name
    self.calledName = calledName
    self.className = className
    self.inputs = inputs
    self.nodes = nodes
    self.quantizers = quantizers
    self.weights = weights
  }

  package var output: NodeID { NodeID(nodes.upperBound - 1) }
}

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

/// What a model's file format calls things, and what it means by what it leaves out. Messages speak its language.
package struct Conventions: Sendable {
  /// What quantizes a feature map.
  package var quantizer: String
  /// The same with an example.
  package var exampleQuantizer: String
  /// How to quantize the weights of a layer.
  package var quantizingWeights: String
  /// How to get scales that do not differ along an input axis.
  package var avoidingInputScales: String
  /// Up to this width weights without quantizers are taken as they are, where they are exact in it; nil: as far as the
  /// compiler can.
  package var unquantizedWeightBits: Int?

  package init(
    quantizer: String, exampleQuantizer: String, quantizingWeights: String, avoidingInputScales: String,
    unquantizedWeightBits: Int?
  ) {
    self.quantizer = quantizer
    self.exampleQuantizer = exampleQuantizer
    self.quantizingWeights = quantizingWeights
    self.avoidingInputScales = avoidingInputScales
    self.unquantizedWeightBits = unquantizedWeightBits
  }

  /// Of graphs that come from no file.
  package static let ofGraphs = Conventions(
    quantizer: "a quantizer", exampleQuantizer: "a quantizer", quantizingWeights: "give the layer quantized weights",
    avoidingInputScales: "use one scale per output channel", unquantizedWeightBits: 16)
}

/// A model file of one format, open: whatever is asked of it, it is read once.
package protocol ModelFile: Sendable {
  /// For help, with its article: `an ONNX`
  static var format: String { get }
  /// What names of such files end in, without the dot.
  static var suffixes: [String] { get }

  /// Opens a file.
  /// - Throws: what keeps it from being such a file.
  init(_ path: String) throws(Diagnostics)

  /// The network, to be compiled.
  /// - Throws: everything that is wrong with it.
  func model() throws(Diagnostics) -> Model

  /// The same of a network that cannot be compiled, for its types: the result of what has no operator, or a quantizer without
  /// codes, is an input of the graph, which is all that is known of it: a shape. nil where not even that can be told.
  func outline() -> Model?
}

extension ModelFile {
  package func outline() -> Model? { nil }

  /// Reads a network that is to be compiled.
  /// - Throws: everything that is wrong with it.
  package static func read(_ path: String) throws(Diagnostics) -> Model { try Self(path).model() }
}

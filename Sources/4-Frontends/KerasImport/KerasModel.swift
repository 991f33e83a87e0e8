import Diagnostics
import HDF5
import JSON
import QIR

/// A Keras model with its weights, as Keras 2 and 3 write it and QKeras 0.9.0 and qkeras-v3 with them: an H5 file, a `.keras`
/// file, or weights alone beside an architecture.
package struct KerasModel: ModelFile {
  package static let format = "a Keras"
  package static let suffixes = ["h5", "hdf5", "keras"]

  private let config: JSONValue
  private let weights: any KerasWeights
  private let file: String?
  private let keras: ActivationLibrary

  package init(_ path: String) throws(Diagnostics) { try self.init(path, architecture: nil) }

  /// - Parameter architecture: What `model.to_json()` wrote, for weights alone; nil: what stands beside them.
  package init(_ path: String, architecture: String?) throws(Diagnostics) {
    self = try Diagnostics.collected { try KerasFile(path, architecture: architecture).model() }
  }

  /// A whole model in an H5 file that is open.
  /// - Throws: what keeps it from being a model.
  package init(_ file: H5File) throws { self = try KerasFile.whole(file) }

  /// A configuration with weights from anywhere.
  /// - Parameter version: of the Keras that wrote it; nil: of Keras 2.
  package init(config: JSONValue, weights: some KerasWeights, file: String? = nil, version: String? = nil) {
    keras = version?.hasPrefix("3") ?? false ? .keras3 : .keras2
    self.config = config.resolvingSharedObjects
    self.weights = weights
    self.file = file
  }

  package func model() throws(Diagnostics) -> Model { try read(asOutline: false) }

  package func outline() -> Model? { try? read(asOutline: true) }

  private func read(asOutline isOutline: Bool) throws(Diagnostics) -> Model {
    let name: String
    if case .string(let text)? = config["config"]?["name"] { name = text } else { name = "model" }
    var reader = ModelReader(name: name, file: file, weights: weights, keras: keras, isOutline: isOutline)
    reader.read(JSONNode(config, at: .init(file: file)))
    var seen: Set<Diagnostic> = []
    var problems = Diagnostics(reader.problems.all.filter { seen.insert($0).inserted })
    if !problems.hasErrors { problems.report(contentsOf: Diagnostics(Self.namesThatRepeat(reader.graph))) }
    try problems.throwIfErrors()
    return Model(
      reader.graph, provenance: Provenance(layers: reader.layers, of: reader.graph), remarks: problems.all)
  }

  private static func namesThatRepeat(_ graph: Graph) -> [Diagnostic] {
    var names: Set<String> = []
    return graph.ids.compactMap { id in
      names.insert(graph[id].name).inserted
        ? nil
        : Diagnostic(
          "two parts of the network are named '\(graph[id].name)'", at: graph.location(of: id),
          fix: "give one of the layers another name")
    }
  }
}

extension Conventions {
  /// A layer without quantizers among others that have them was forgotten.
  static let keras = Conventions(
    quantizer: "a QActivation", exampleQuantizer: "a QActivation, for example quantized_relu(8, 4),",
    quantizingWeights: "give the layer a quantizer: QConv2D, QDepthwiseConv2D or QDense with kernel_quantizer=",
    avoidingInputScales: "leave scale_axis at its default or use alpha='auto_po2'", unquantizedWeightBits: 16)
}

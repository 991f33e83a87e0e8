import Diagnostics
import HDF5
import JSON
import Libc
import QIR

/// A Keras 2 model in an HDF5 file, as Keras and QKeras 0.9.0 with TensorFlow 2.15 write them.
package struct KerasModel: ModelFile {
  package static let format = "a Keras H5"
  package static let suffixes = ["h5", "hdf5"]

  private let config: JSONValue
  private let weights: any KerasWeights
  private let file: String?

  package init(_ path: String) throws(Diagnostics) {
    self = try Diagnostics.collected { try KerasModel(Self.open(path)) }
  }

  /// A file that is open.
  /// - Throws: what keeps it from being a model.
  package init(_ file: H5File) throws {
    let config = try Self.configuration(of: file)
    let weights = try H5Weights(file, layers: ModelConfig.layerNames(in: config))
    self.init(config: config, weights: weights, file: file.path)
  }

  /// A configuration with weights from anywhere.
  package init(config: JSONValue, weights: some KerasWeights, file: String? = nil) {
    self.config = config.resolvingSharedObjects
    self.weights = weights
    self.file = file
  }

  package func model() throws(Diagnostics) -> Model { try read(asOutline: false) }

  package func outline() -> Model? { try? read(asOutline: true) }

  private func read(asOutline isOutline: Bool) throws(Diagnostics) -> Model {
    let name: String
    if case .string(let text)? = config["config"]?["name"] { name = text } else { name = "model" }
    var reader = ModelReader(name: name, file: file, weights: weights, isOutline: isOutline)
    reader.read(JSONNode(config, at: .init(file: file)))
    var seen: Set<Diagnostic> = []
    var problems = Diagnostics(reader.problems.all.filter { seen.insert($0).inserted })
    if !problems.hasErrors { problems.report(contentsOf: Diagnostics(Self.namesThatRepeat(reader.graph))) }
    try problems.throwIfErrors()
    return Model(
      reader.graph, provenance: Provenance(layers: reader.layers, of: reader.graph), remarks: problems.all)
  }

  private static func open(_ path: String) throws -> H5File {
    if access("\(path)/saved_model.pb", F_OK) == 0 || access("\(path)/keras_metadata.pb", F_OK) == 0 {
      throw Diagnostic(
        "a SavedModel folder", at: .init(file: path), supported: "Keras 2 models in HDF5 files",
        fix: "model.save('model.h5')")
    }
    return try H5File(
      path, only: ["model_weights"], attributes: ["model_config", "keras_version"] + H5Weights.attributes,
      structureOnly: true)
  }

  private static func configuration(of file: H5File) throws -> JSONValue {
    let location = Diagnostic.Location(file: file.path)
    if let version = try file.root.attribute("keras_version"), !version.hasPrefix("2.") {
      throw Diagnostic(
        "written by Keras \(version)", at: location, supported: "Keras 2",
        fix:
          "build the model with Keras 2 (TensorFlow 2.15, or the package tf_keras), load_weights there, and save it as "
          + "model.h5: Keras 2 does not load models of Keras 3")
    }
    let text = try require(
      file.root.attribute("model_config"),
      "no attribute 'model_config': the file is no Keras model, or holds weights only", at: location,
      fix: "save the whole model with model.save('model.h5')")
    var place = location
    place.tensor = "model_config"
    return try JSONParser.parse(text, at: place)
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

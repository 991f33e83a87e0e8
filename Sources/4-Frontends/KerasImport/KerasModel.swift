import Diagnostics
import HDF5
import JSON
import QIR

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Keras 2 models in HDF5 files, as Keras and QKeras 0.9.0 with TensorFlow 2.15 write them.
package struct KerasModel {
  package let graph: Graph
  /// Warnings and notes.
  package let notes: Diagnostics

  /// Reads a file.
  /// - Throws: everything that is wrong with it.
  package static func read(
    _ path: String, for purpose: ReadingPurpose = .program
  ) throws(Diagnostics) -> KerasModel {
    var problems = Diagnostics()
    let file = problems.collecting { try open(path) }
    try problems.throwIfErrors()
    guard let file else { throw problems }
    return try read(file, for: purpose)
  }

  /// Reads a file that is open.
  /// - Throws: everything that is wrong with it.
  package static func read(
    _ file: H5File, for purpose: ReadingPurpose = .program
  ) throws(Diagnostics) -> KerasModel {
    var problems = Diagnostics()
    let config = problems.collecting { try configuration(of: file) }
    try problems.throwIfErrors()
    guard let config else { throw problems }
    let location = Diagnostic.Location(file: file.path)
    guard let group = file.root.groupIfPresent("model_weights") else {
      throw Diagnostics([
        Diagnostic("the file has no weights: no group 'model_weights'", at: location, fix: "save with model.save")
      ])
    }
    return try read(config: config, weights: H5Weights(group), file: file.path, for: purpose)
  }

  /// Reads a configuration with weights from anywhere.
  /// - Throws: everything that is wrong with them.
  package static func read(
    config: JSONValue, weights: some KerasWeights, file: String? = nil, for purpose: ReadingPurpose = .program
  ) throws(Diagnostics) -> KerasModel {
    let name: String
    if case .string(let text)? = config["config"]?["name"] { name = text } else { name = "model" }
    var reader = ModelReader(name: name, file: file, weights: weights, purpose: purpose)
    reader.read(JSONNode(config, at: .init(file: file)))
    var seen: Set<Diagnostic> = []
    var problems = Diagnostics(reader.problems.all.filter { seen.insert($0).inserted })
    if !problems.hasErrors { problems.report(contentsOf: Diagnostics(namesThatRepeat(reader.graph))) }
    try problems.throwIfErrors()
    return KerasModel(graph: reader.graph, notes: problems)
  }

  private static func open(_ path: String) throws -> H5File {
    if access("\(path)/saved_model.pb", F_OK) == 0 || access("\(path)/keras_metadata.pb", F_OK) == 0 {
      throw Diagnostic(
        "a SavedModel folder", at: .init(file: path), supported: "Keras 2 models in HDF5 files",
        fix: "model.save('model.h5')")
    }
    return try H5File(path, only: ["model_weights"])
  }

  private static func configuration(of file: H5File) throws -> JSONValue {
    let location = Diagnostic.Location(file: file.path)
    if let version = try file.root.attribute("keras_version"), !version.hasPrefix("2.") {
      throw Diagnostic(
        "written by Keras \(version)", at: location, supported: "Keras 2",
        fix: "save the model as H5 with Keras 2 (TensorFlow 2.15, or the package tf_keras)")
    }
    guard let text = try file.root.attribute("model_config") else {
      throw Diagnostic(
        "no attribute 'model_config': the file is no Keras model, or holds weights only", at: location,
        fix: "save the whole model with model.save('model.h5')")
    }
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

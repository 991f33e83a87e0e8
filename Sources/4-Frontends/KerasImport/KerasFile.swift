import Diagnostics
import Files
import HDF5
import JSON
import Libc

/// The files that Keras keeps a model in, told apart by what they hold, whatever they are named.
struct KerasFile {
  private let path: String
  private let architecture: String?
  private var location: Diagnostic.Location { .init(file: path) }

  init(_ path: String, architecture: String?) {
    self.path = path
    self.architecture = architecture
  }

  func model() throws -> KerasModel {
    if access("\(path)/saved_model.pb", F_OK) == 0 || access("\(path)/keras_metadata.pb", F_OK) == 0 {
      throw Diagnostic(
        "a SavedModel folder", at: location, supported: "Keras models in .keras and HDF5 files",
        fix: "model.save('model.keras')")
    }
    if try H5File.Archive.isOne(path) {
      try requireNoArchitecture()
      return try archive()
    }
    let attributes = [Self.configuration, Self.version]
    let file = try H5File(
      path, only: [H5Weights.group], attributes: attributes + H5Weights.attributes, structureOnly: true)
    let isWhole = try file.root.attribute(Self.configuration) != nil || file.root.groupIfPresent(H5Weights.group) != nil
    guard isWhole else { return try weightsAlone() }
    try requireNoArchitecture()
    return try Self.whole(file)
  }

  // MARK: H5

  private static let configuration = "model_config"
  private static let version = "keras_version"

  /// Configuration and weights in one H5 file.
  static func whole(_ file: H5File) throws -> KerasModel {
    let location = Diagnostic.Location(file: file.path)
    let version = try checked(file.root.attribute(Self.version), at: location)
    let text = try require(
      file.root.attribute(configuration), "no attribute '\(configuration)': the file is no Keras model", at: location,
      fix: "save the whole model with model.save('model.h5')")
    let config = try parse(text, configuration, of: file.path)
    let weights = try H5Weights(file, layers: ModelConfig.layerNames(in: config))
    return KerasModel(config: config, weights: weights, file: file.path, version: version)
  }

  private static func versionNamed(in text: JSONValue) -> String? {
    if case .string(let version)? = text[version] { version } else { nil }
  }

  private static func checked(_ version: String?, at location: Diagnostic.Location) throws -> String? {
    guard let version, let major = version.split(separator: ".").first, !["2", "3"].contains(major) else {
      return version
    }
    throw Diagnostic(
      "written by Keras \(version)", at: location, supported: "Keras 2 and 3",
      fix: "build the model with one of them, load_weights there, and save it")
  }

  private static func parse(_ text: String, _ part: String, of file: String) throws -> JSONValue {
    try JSONParser.parse(text, at: .init(file: file, tensor: part))
  }

  // MARK: .keras

  private static let archive = (
    configuration: "config.json", metadata: "metadata.json", weights: "model.weights.h5"
  )

  private func archive() throws -> KerasModel {
    let members = Self.archive
    let file = try H5File(
      path, attributes: [], structureOnly: true,
      archive: .init(member: members.weights, texts: [members.configuration, members.metadata]))
    let text = try require(
      file.root.attribute(members.configuration), "a zip archive without '\(members.configuration)'", at: location,
      supported: "archives with \(members.configuration) and \(members.weights), as Keras writes .keras files",
      fix: "save the model with model.save('model.keras')")
    let metadata = try file.root.attribute(members.metadata).map { try Self.parse($0, members.metadata, of: path) }
    let version = try Self.checked(metadata.flatMap(Self.versionNamed), at: location)
    try require(
      file.root.groupIfPresent(members.weights) != nil, "an archive without '\(members.weights)'", at: location,
      fix: "save the whole model with model.save('model.keras')")
    let config = try Self.parse(text, members.configuration, of: path)
    let weights = try StoredWeights(file, at: members.weights, model: config)
    return KerasModel(config: config, weights: weights, file: path, version: version)
  }

  // MARK: Weights alone

  /// What `model.save_weights` wrote, with the architecture that `model.to_json` wrote.
  private func weightsAlone() throws -> KerasModel {
    let file = try H5File(path, attributes: H5Weights.attributes + [Self.version], structureOnly: true)
    let root = file.root
    let isStored = StoredWeights.are(in: root)
    let hasNames = try root.stringArray(attribute: H5Weights.attributes[0]) != nil
    try require(
      isStored || hasNames, "no attribute '\(Self.configuration)': the file is no Keras model", at: location,
      fix: "save the whole model with model.save('model.h5')")
    let beside = Self.architectures(beside: path)
    guard let found = architecture ?? beside.first(where: { access($0, R_OK) == 0 }) else {
      throw Diagnostic(
        "the file holds weights alone", at: location,
        supported:
          "whole models, or weights with an architecture: in \(beside[0]), or in a file that --architecture names",
        fix: "write model.to_json() there, or save the whole model with model.save('model.keras')")
    }
    let bytes = try InputFile(found).bytes(limit: 64 << 20)
    let config = try JSONParser.parse(String(decoding: bytes, as: UTF8.self), at: .init(file: found))
    try require(
      config["class_name"] != nil && config["config"] != nil, "no 'class_name' and 'config'", at: .init(file: found),
      supported: "what model.to_json() writes")
    // Keras 3 does not say its version there, but the modules of classes.
    let version =
      try Self.checked(Self.versionNamed(in: config), at: .init(file: found)) ?? (config["module"] == nil ? nil : "3")
    if isStored {
      let weights = try StoredWeights(file, at: "", model: config)
      return KerasModel(config: config, weights: weights, file: path, version: version)
    }
    let weights = try H5Weights(file, at: "", layers: ModelConfig.layerNames(in: config))
    return KerasModel(config: config, weights: weights, file: path, version: version)
  }

  private func requireNoArchitecture() throws {
    try require(
      architecture == nil, "--architecture for a file that has one of its own", at: location,
      supported: "architectures for weights alone", fix: "leave --architecture out")
  }

  /// `model.json` for `model.h5`, `model.weights.h5` and `model_weights.h5`.
  private static func architectures(beside path: String) -> [String] {
    var stems = [path]
    for suffix in [".h5", ".hdf5"] where path.hasSuffix(suffix) { stems = [String(path.dropLast(suffix.count))] }
    for suffix in [".weights", "_weights"] where stems[0].hasSuffix(suffix) {
      stems.insert(String(stems[0].dropLast(suffix.count)), at: 0)
    }
    return stems.map { "\($0).json" }
  }
}

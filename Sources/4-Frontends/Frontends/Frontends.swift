import Diagnostics
import Files
import KerasImport
import ONNXImport
import QIR
import Quantization
import TFLiteImport

/// The formats that models are read from.
package enum Frontends {
  /// Files of unknown names are taken for the first.
  package static let all: [any ModelFile.Type] = [
    KerasModel.self,
    ONNXNetwork.self,
    TFLiteNetwork.self,
  ]

  /// `a Keras H5 or an ONNX file`
  package static var description: String {
    let formats = all.map { $0.format }
    let last = [formats.dropLast().joined(separator: ", "), formats.last ?? ""].filter { !$0.isEmpty }
    return last.joined(separator: " or ") + " file"
  }

  /// What names of model files end in, without the dot.
  package static var suffixes: [String] { all.flatMap { $0.suffixes } }

  /// A model to be compiled or run.
  /// - Throws: everything that is wrong with it.
  package static func read(_ path: String, _ choices: FileChoices = .init()) throws(Diagnostics) -> Model {
    try checkingSize(open(path, choices).model(), path)
  }

  /// A model to be looked at for its types: also one with layers and quantizers that cannot be compiled.
  /// - Throws: what is wrong with a model of which not even the types can be told.
  package static func readTypes(_ path: String, _ choices: FileChoices = .init()) throws(Diagnostics) -> TypedModel {
    let file = try open(path, choices)
    do throws(Diagnostics) {
      return TypedModel(model: try checkingSize(file.model(), path), obstacle: nil)
    } catch {
      guard let outline = file.outline() else { throw error }
      return TypedModel(model: outline, obstacle: error)
    }
  }

  private static func open(_ path: String, _ choices: FileChoices) throws(Diagnostics) -> any ModelFile {
    let format = all.first { $0.suffixes.contains { path.hasSuffix(".\($0)") } } ?? all[0]
    var problems = Diagnostics()
    if choices.architecture != nil, format != KerasModel.self {
      problems.report(
        "--architecture for a file that has one of its own", at: .init(file: path),
        supported: "architectures for Keras' weights alone", fix: "leave --architecture out")
    }
    if choices.tfliteRounding != nil, format != TFLiteNetwork.self {
      problems.report(
        "--tflite-rounding for a file whose quantizers say how they round", at: .init(file: path),
        supported: "TensorFlow Lite files", fix: "leave --tflite-rounding out")
    }
    try problems.throwIfErrors()
    if let architecture = choices.architecture { return try KerasModel(path, architecture: architecture) }
    if let rounding = choices.tfliteRounding { return try TFLiteNetwork(path, rounding: rounding) }
    return try format.init(path)
  }

  /// Passes and proofs are quick for any network that small hardware runs; beyond this a file is a mistake.
  private static let nodeLimit = 2048

  private static func checkingSize(_ model: Model, _ file: String) throws(Diagnostics) -> Model {
    guard model.graph.nodes.count <= nodeLimit else {
      throw Diagnostics([
        Diagnostic(
          "a network of \(model.graph.nodes.count) layers", at: .init(file: file),
          supported: "up to \(nodeLimit) layers")
      ])
    }
    return try Diagnostics.collected {
      var budget = try MemoryBudget()
      let nodes = model.graph.nodes
      let place = Diagnostic.Location(file: file)
      let weights = nodes.flatMap(\.op.parameters).reduce(0) { $0 + $1.parameter.elements }
      try budget.take(weights, of: MemoryLayout<Float>.size, for: "the model's weights", at: place)
      // Of one sample, as the float reference holds them.
      let numbers = nodes.reduce(0) { $0 + $1.shape.elements }
      try budget.take(numbers, of: MemoryLayout<Double>.size, for: "the model's feature maps", at: place)
      return model
    }
  }
}

/// What a user says of a file that it does not say itself.
package struct FileChoices: Sendable {
  /// The file that says the layers, where the model's own has weights alone and what stands beside it is not meant.
  package var architecture: String?
  /// How kernels of TensorFlow Lite round.
  package var tfliteRounding: FixedPointRounding?

  package init(architecture: String? = nil, tfliteRounding: FixedPointRounding? = nil) {
    self.architecture = architecture
    self.tfliteRounding = tfliteRounding
  }
}

/// A model to be looked at for its types.
package struct TypedModel: Sendable {
  /// Where it cannot be compiled an outline (see `ModelFile`).
  package let model: Model
  /// Why it cannot be compiled, where that is known already.
  package let obstacle: Diagnostics?
}

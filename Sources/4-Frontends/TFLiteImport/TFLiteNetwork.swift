import Diagnostics
import QIR
import Quantization
import TFLite

/// A network in a TensorFlow Lite file.
package struct TFLiteNetwork: ModelFile {
  package static let format = "a TensorFlow Lite"
  package static let suffixes = ["tflite"]

  /// What products are rounded as where nobody says it: TensorFlow Lite for Microcontrollers and the reference kernels do so.
  package static let standardRounding = FixedPointRounding.double

  private let contents: TFLiteModel
  private let file: String
  private let rounding: FixedPointRounding

  package init(_ path: String) throws(Diagnostics) {
    try self.init(path, rounding: Self.standardRounding)
  }

  package init(_ path: String, rounding: FixedPointRounding) throws(Diagnostics) {
    self.init(try TFLiteFile.read(path), file: path, rounding: rounding)
  }

  /// A file that was read.
  package init(_ contents: TFLiteModel, file: String, rounding: FixedPointRounding = standardRounding) {
    self.contents = contents
    self.file = file
    self.rounding = rounding
  }

  /// - Throws: everything in the model that is not supported.
  package func model() throws(Diagnostics) -> Model {
    try Diagnostics.collected {
      let place = Diagnostic.Location(file: file)
      try require(
        contents.version == 3, "a file of schema version \(contents.version)", at: place, supported: "version 3")
      let graph = try require(contents.subgraphs.first, "the file has no network", at: place)
      var importer = GraphImporter(contents, graph, file: file, rounding: rounding)
      importer.run()
      if importer.problems.hasErrors, importer.lacksOperators { importer.problems.report(Unsupported.list(at: place)) }
      try importer.problems.throwIfErrors()
      return Model(
        try importer.finishedGraph(), provenance: Provenance(origins: importer.origins), remarks: importer.problems.all)
    }
  }
}

extension Conventions {
  static let tflite = Conventions(
    quantizer: "a quantized tensor (int8 with scale and zero point)",
    exampleQuantizer: "a quantized tensor, as the converter makes of a representative dataset,",
    quantizingWeights: "convert the network with full integer quantization",
    avoidingInputScales: "use one scale per output channel", unquantizedWeightBits: nil)
}

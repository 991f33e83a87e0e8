import Diagnostics
import ONNX
import QIR

/// A network in an ONNX file: opset 9 to 28, IR version 4 to 14.
package struct ONNXNetwork: ModelFile {
  package static let format = "an ONNX"
  package static let suffixes = ["onnx"]
  package static let opsets = 9...28
  package static let irVersions = 4...14

  private let contents: ONNXModel
  private let file: String

  package init(_ path: String) throws(Diagnostics) {
    self.init(try ONNXFile.read(path), file: path)
  }

  /// A file that was read.
  package init(_ contents: ONNXModel, file: String) {
    self.contents = contents
    self.file = file
  }

  /// - Throws: everything in the model that is not supported.
  package func model() throws(Diagnostics) -> Model {
    let model = contents
    var problems = ModelChecks(file: file).problems(of: model)
    let order = NodeOrder.sorted(model.graph, file: file, reporting: &problems)
    let checks = SchemaChecks(model, order: order, file: file)
    problems.report(contentsOf: checks.problems)
    var importer = NetworkImporter(model, order: order, checks: checks, file: file, leadingAxis: .batch)
    importer.run()
    // Where nodes mix what lies along the first axis it is no batch: the whole tensor is one sample.
    if importer.problems.hasErrors, model.graph.inputs.allSatisfy(\.isOfFixedShape) {
      var whole = NetworkImporter(model, order: order, checks: checks, file: file, leadingAxis: .data)
      whole.run()
      if whole.problems.errors.count < importer.problems.errors.count { importer = whole }
    }
    problems.report(contentsOf: importer.problems)
    if importer.lacksOperators { problems.report(Unsupported.list(at: importer.location)) }
    let graph = problems.collecting { try importer.finishedGraph() }
    try problems.throwIfErrors()
    guard let graph else { throw problems }
    return Model(graph, provenance: Provenance(origins: importer.origins), remarks: problems.all)
  }
}

extension ONNXValueInfo {
  fileprivate var isOfFixedShape: Bool {
    shape?.allSatisfy { if case .fixed = $0 { true } else { false } } ?? false
  }
}

extension Conventions {
  /// Exporters leave weights as floats where their quantizer makes numbers that need no more.
  static let onnx = Conventions(
    quantizer: "a QuantizeLinear with its DequantizeLinear",
    exampleQuantizer: "a QuantizeLinear with its DequantizeLinear, as onnxruntime's quantize_static does,",
    quantizingWeights: "give the layer quantized weights: a DequantizeLinear of integers, or a Quant",
    avoidingInputScales: "use one scale per output channel", unquantizedWeightBits: nil)
}

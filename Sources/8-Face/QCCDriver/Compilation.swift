import Diagnostics
import IntegerProgram
import KerasImport
import Lowering
import ONNXImport
import Passes
import QIR
import Quantization
import Schedule
import Targets

/// A model on its way: read, checked by the passes, lowered to a proved integer program and scheduled for a target.
package struct Compilation: Sendable {
  package struct Options: Sendable {
    /// A built-in target's name or a YAML file.
    package var target = "stmac"
    /// Quantizes network inputs that the model leaves unquantized.
    package var sourceQuantizer = "quantized_bits(16,6,1)"

    package init() {}
  }

  /// The graph as it was read.
  package let imported: Graph
  /// The same with every network input quantized and axes in one order: what the program has to equal, and what the float
  /// reference runs.
  package let reference: Graph
  package internal(set) var network: LoweredNetwork
  package let schedule: Schedule
  package let target: Accelerator
  /// Warnings and notes.
  package let remarks: [Diagnostic]

  /// - Throws: `Diagnostic` or `Diagnostics`, everything that is wrong with a stage at once.
  package init(model: String, options: Options) throws {
    let result = try Self.read(model)
    try self.init(result.graph, remarks: result.remarks, options: options)
  }

  /// The same from a graph that was read.
  package init(_ imported: Graph, remarks: [Diagnostic] = [], options: Options) throws {
    self.imported = imported
    var problems = Diagnostics(remarks)
    target = try TargetFile.load(options.target)
    let quantizer = try Quantizer(
      QuantizerArguments(parsing: options.sourceQuantizer, location: .init(file: "--source-quantizer")))
    reference = try PassManager(Pipeline.toReference(sourceQuantizer: quantizer)).run(
      on: imported, reporting: &problems)
    network = try lower(try PassManager(Pipeline.toProgram).run(on: reference, reporting: &problems))
    schedule = try Schedule(network.program, for: target)
    // Widths, ranges and plans once more, by a judge that trusts the input ranges alone.
    do {
      try network.program.verify()
      try schedule.verify()
    } catch {
      throw Diagnostics(error.all.map { $0.inFile(imported.file) })
    }
    self.remarks = problems.all
  }

  /// Passes and proofs are quick for any network that small hardware runs; beyond this a file is a mistake.
  private static let nodeLimit = 2048

  /// The graph of a model file, and what is to be said of it.
  package static func read(_ model: String) throws -> (graph: Graph, remarks: [Diagnostic]) {
    if model.hasSuffix(".onnx") {
      let result = try ONNXNetwork.read(model)
      return (try checkSize(result.graph, file: model), result.notes.all)
    }
    let result = try KerasModel.read(model)
    return (try checkSize(result.graph, file: model), result.notes.all)
  }

  private static func checkSize(_ graph: Graph, file: String) throws -> Graph {
    guard graph.nodes.count <= nodeLimit else {
      throw Diagnostic(
        "a network of \(graph.nodes.count) layers", at: .init(file: file), supported: "up to \(nodeLimit) layers")
    }
    return graph
  }
}

extension Diagnostic {
  /// The same with a file where none is said.
  fileprivate func inFile(_ file: String?) -> Diagnostic {
    var located = self
    located.location.file = location.file ?? file
    return located
  }
}

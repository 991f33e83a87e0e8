import Assessment
import Diagnostics
import Frontends
import Inference
import Passes
import Plans

/// Looks at what a float network's tensors hold on some inputs.
package struct NetworkProfiler: Sendable {
  package let report: ProfileReport
  package let network: FloatNetwork
  /// Warnings and notes.
  package let remarks: [Diagnostic]

  /// - Parameters:
  ///   - choices: as `Frontends.read` takes them.
  ///   - files: as `NetworkInputs` takes them.
  ///   - widths: that every tensor is tried in, in bits.
  /// - Throws: `Diagnostics`, everything that is wrong with the files.
  package init(
    model file: String, choices: FileChoices = .init(), inputs files: [String], widths: [Int]
  ) throws(Diagnostics) {
    let model = try Frontends.read(file, choices)
    var problems = Diagnostics(model.remarks)
    network = try Diagnostics.collected {
      try FloatNetwork(PassManager(Pipeline.toFloatNetwork).run(on: model.graph, reporting: &problems))
    }
    let inputs = try Diagnostics.collected { try NetworkInputs(files: files, for: model.graph) }
    problems.report(contentsOf: try NetworkQuantizer.remarks(on: inputs, of: network))
    remarks = problems.all
    report = ProfileReport(network, on: network.fewEnough(inputs), widths: widths)
  }
}

import Diagnostics
import QIR
import Quantization

/// A step from a graph to one that means the same.
package protocol Pass: Sendable {
  static var name: String { get }
  /// Warnings and notes go to `problems`; what cannot be done is thrown.
  func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph
}

/// Runs passes in order and verifies the graph after each of them, so that none of them has to.
package struct PassManager {
  package var passes: [any Pass]

  package init(_ passes: [any Pass]) {
    self.passes = passes
  }

  package func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
    try passes.reduce(graph) { graph, pass in
      let result = try pass.run(on: graph, reporting: &problems)
      let broken = GraphVerifier(result).problems
      if broken.hasErrors {
        throw Diagnostics(
          [Diagnostic("pass '\(type(of: pass).name)' left a broken graph", at: .init(file: graph.file))] + broken.all)
      }
      return result
    }
  }
}

/// The passes between a reader and `Lowering`, in their order.
package enum Pipeline {
  /// Before the float reference: afterwards every network input is quantized.
  ///
  /// - Parameters:
  ///   - sourceQuantizer: quantizes network inputs that the model leaves unquantized.
  ///   - defaultQuantizer: quantizes weights and feature maps that it leaves so; nil leaves them, too.
  package static func toReference(sourceQuantizer: Quantizer, defaultQuantizer: Quantizer? = nil) -> [any Pass] {
    [RemoveIdentities(), FoldTransposes(), FoldInputFunctions(), QuantizeInputs(quantizer: sourceQuantizer)]
      + (defaultQuantizer.map { [QuantizeByDefault(quantizer: $0)] } ?? [])
  }

  /// Between there and `Lowering`: afterwards quantizers stand where the accelerator has them.
  package static let toProgram: [any Pass] = [PropagateQuantizers()]

  /// Before a network of real numbers is quantized: afterwards every layer is as the accelerator runs it.
  package static let toFloatNetwork: [any Pass] = [RemoveIdentities(), FoldTransposes(), FoldBatchNormalization()]
}

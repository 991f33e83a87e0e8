import Diagnostics
import FloatReference
import Passes
import QIR
import Quantization
import Quantizers
import Testing

/// What holds for every graph, tried on random ones.
@Suite struct PassPropertyTests {
  static let seeds: [UInt64] = Array(0..<400)

  /// Inputs are codes of the source quantizer, so that quantizing them changes nothing either.
  @Test func passesKeepTheReferencesOutputs() throws {
    let passes = Pipeline.toReference(sourceQuantizer: try source) + Pipeline.toProgram
    var changed = 0
    for seed in Self.seeds {
      var random = try RandomGraph(seed: seed)
      let inputs = random.samples()
      let before = outputs(of: random.graph, inputs)
      for pass in passes {
        var problems = Diagnostics()
        let result = try PassManager([pass]).run(on: random.graph, reporting: &problems)
        // Inputs keep their order.
        let moved = zip(result.inputs, random.graph.inputs).map { ($0, inputs[$1] ?? []) }
        let after = outputs(of: result, Dictionary(uniqueKeysWithValues: moved))
        #expect(before == after, "\(type(of: pass).name) on seed \(seed):\n\(GraphPrinter().text(of: random.graph))")
        if GraphPrinter().text(of: result) != GraphPrinter().text(of: random.graph) { changed += 1 }
      }
    }
    // The graphs give every pass something to do.
    #expect(changed > Self.seeds.count / 2)
  }

  /// Behind the pipeline no layer reads a network's input as it is.
  @Test func everyInputIsQuantized() throws {
    let passes = Pipeline.toReference(sourceQuantizer: try source) + Pipeline.toProgram
    for seed in Self.seeds {
      var problems = Diagnostics()
      let graph = try PassManager(passes).run(on: try RandomGraph(seed: seed).graph, reporting: &problems)
      for input in graph.inputs {
        for reader in graph.consumers[input.index] {
          guard graph[reader].op is QuantizeOp else {
            Issue.record("seed \(seed): '\(graph[reader].name)' reads '\(graph[input].name)'")
            continue
          }
        }
      }
    }
  }

  @Test func aSecondRunFindsNothing() throws {
    let manager = PassManager(Pipeline.toReference(sourceQuantizer: try source) + Pipeline.toProgram)
    for seed in Self.seeds {
      var problems = Diagnostics()
      let once = try manager.run(on: try RandomGraph(seed: seed).graph, reporting: &problems)
      var later = Diagnostics()
      let twice = try manager.run(on: once, reporting: &later)
      #expect(GraphPrinter().text(of: once) == GraphPrinter().text(of: twice), "seed \(seed)")
      #expect(later.all.isEmpty, "seed \(seed)")
    }
  }

  @Test func randomGraphsRoundTripAsText() throws {
    for seed in Self.seeds {
      let text = GraphPrinter().text(of: try RandomGraph(seed: seed).graph)
      #expect(GraphPrinter().text(of: try GraphParser.graph(from: text)) == text, "seed \(seed)")
    }
  }

  private var source: Quantizer {
    get throws { try Quantizer(QuantizerArguments(parsing: PassFileTests.sourceQuantizer)) }
  }

  /// The values of a graph's outputs, by their order.
  private func outputs(of graph: Graph, _ inputs: [NodeID: [Double]]) -> [[Double]] {
    let values = FloatReference(graph).run(inputs)
    return graph.outputs.map { values[$0.index] }
  }
}

import FloatEngine
import FloatReference
import Frontends
import Numbers
import QIR
import TestSupport
import Testing

/// Node by node, on the very inputs that the engine computed with, its results are as near to the reference's as float32
/// arithmetic allows.
@Suite struct FloatEngineTests {
  static let networks = Repository.models.map { Repository.files(in: $0 + "/float", ending: ".h5") } ?? []

  @Test(.enabled(if: Repository.models != nil, "no reference models"), arguments: networks)
  func isWithinRoundingOfTheReference(_ file: String) throws {
    let models = try #require(Repository.models)
    let graph = try Frontends.read("\(models)/float/\(file)").graph
    try compare(graph, samples: 3)
  }

  @Test func othersThanTheCommonOperators() throws {
    var graph = Graph(name: "others")
    let x = try graph.append(InputOp(shape: Shape([6, 5, 4])), named: "x")
    let padded = try graph.append(
      PadOp(padding: Padding(top: 1, bottom: 2, left: 0, right: 1)), named: "padded", inputs: [x])
    let pooled = try graph.append(
      MaxPoolOp(window: Window(size: Extents(rows: 3, columns: 2), stride: Extents(rows: 2, columns: 1))),
      named: "pooled",
      inputs: [padded])
    let averaged = try graph.append(
      AveragePoolOp(
        window: Window(
          size: Extents(rows: 2, columns: 2), padding: Padding(top: 1, bottom: 0, left: 1, right: 1)), factor: 0.75),
      named: "averaged", inputs: [pooled])
    let clipped = try graph.append(
      ElementwiseOp([.clip(lower: Rational(-1), upper: nil), .clip(lower: nil, upper: Rational(1))]), named: "clipped",
      inputs: [averaged])
    let activated = try graph.append(ElementwiseOp([.sigmoid]), named: "activated", inputs: [clipped])
    let sum = try graph.append(AddOp(), named: "sum", inputs: [clipped, activated, clipped])
    let turned = try graph.append(TransposeOp(permutation: [2, 0, 1]), named: "turned", inputs: [sum])
    let both = try graph.append(ConcatenateOp(axis: 2), named: "both", inputs: [turned, turned])
    let flat = try graph.append(
      ReshapeOp(shape: Shape([graph[both].shape.elements])), named: "flat", inputs: [both])
    graph.outputs = [try graph.append(SoftmaxOp(), named: "softmax", inputs: [flat])]
    try compare(graph, samples: 2)
  }

  private func compare(_ graph: Graph, samples: Int) throws {
    let (engine, reference) = (FloatEngine(graph), FloatReference(graph))
    var random = SplitMix(seed: 5)
    var inputs: [NodeID: Batch] = [:]
    for id in graph.inputs {
      let numbers = (0..<(samples * graph[id].shape.elements)).map { _ in Float.random(in: -1...1, using: &random) }
      inputs[id] = Batch(shape: graph[id].shape, values: numbers)
    }
    let results = engine.run(inputs, results: Set(graph.ids))
    for id in graph.ids where !(graph[id].op is InputOp) {
      let result = try #require(results[id])
      #expect(result.samples == samples)
      for sample in [0, samples - 1] {
        let operands = try graph[id].inputs.map {
          try #require(results[$0])[sample..<(sample + 1)].values.map { Double($0) }
        }
        let expected = reference.evaluate(id, operands)
        let exact = operands.map { $0.map { _ in 0.0 } }
        let bounds = reference.roundingError(id, operands, exact, in: .single)
        let found = result[sample..<(sample + 1)].values
        let isNear = expected.indices.allSatisfy {
          // What needs no arithmetic, and what the reference did, is still a float32 number.
          abs(Double(found[$0]) - expected[$0]) <= bounds[$0] + abs(expected[$0]) * 0x1p-24
        }
        #expect(isNear, "\(graph[id].name)")
      }
    }
    // The last results alone are the same, and a sample's results do not depend on the others.
    let last = engine.run(inputs, results: Set(graph.outputs))
    #expect(Set(last.keys) == Set(graph.outputs))
    let alone = engine.run(inputs.mapValues { $0[1..<2] }, results: Set(graph.outputs))
    for output in graph.outputs {
      #expect(last[output] == results[output])
      #expect(alone[output] == results[output]?[1..<2])
    }
  }
}

import Numbers
import ONNX
import ONNXImport
import QIR
import Testing

/// Products of matrices and vectors that a network computes, of small numbers that are multiplied by hand.
@Suite struct MatrixTests {
  /// What the last of some nodes makes of a = [[1, 2], [3, 4], [5, 6]] and v = [1, -1].
  private func result(_ nodes: [ONNXNode]) throws -> (shape: [Int], values: [Double]) {
    func input(_ name: String, _ shape: [Int]) -> ONNXValueInfo {
      ONNXValueInfo(name: name, type: .float, shape: shape.map { .fixed($0) })
    }
    let graph = ONNXGraph(
      name: "test", nodes: nodes, initializers: [ONNXTensor(name: "axis", type: .int64, shape: [1], integers: [0])],
      inputs: [input("a", [3, 2]), input("v", [2])],
      outputs: [ONNXValueInfo(name: "y", type: .float, shape: nil)])
    let network = try ONNXNetwork(ONNXModel(irVersion: 8, opsets: [("", 17)], graph: graph), file: "m.onnx").model()
    let given: [String: [Double]] = ["a": [1, 2, 3, 4, 5, 6], "v": [1, -1]]
    let inputs = network.graph.inputs.map { given[network.graph[$0].name] ?? [] }
    return (network.graph[network.graph.outputs[0]].fileShape.extents, Samples.run(network.graph, inputs)[0])
  }

  @Test func gemmOfTensors() throws {
    let found = try result([
      ONNXNode(
        "Gemm", inputs: ["a", "a", "v"], outputs: ["y"],
        attributes: [("alpha", .float(0.5)), ("beta", .float(2)), ("transA", .int(1))])
    ])
    // 0.5 [[35, 44], [44, 56]] + 2 [1, -1]
    #expect(found == ([2, 2], [19.5, 20, 24, 26]))
  }

  @Test func matricesAndVectors() throws {
    let matrix = try result([ONNXNode("MatMul", inputs: ["a", "v"], outputs: ["y"])])
    #expect(matrix == ([3], [-1, -1, -1]))
    let turned = ONNXNode("Transpose", inputs: ["a"], outputs: ["t"], attributes: [("perm", .ints([1, 0]))])
    let vector = try result([turned, ONNXNode("MatMul", inputs: ["v", "t"], outputs: ["y"])])
    #expect(vector == ([3], [-1, -1, -1]))
    let square = try result([turned, ONNXNode("MatMul", inputs: ["a", "t"], outputs: ["y"])])
    #expect(square == ([3, 3], [5, 11, 17, 11, 25, 39, 17, 39, 61]))
  }

  /// Each matrix of a stack with the same one.
  @Test func stacksOfMatrices() throws {
    let found = try result([
      ONNXNode("Unsqueeze", inputs: ["a", "axis"], outputs: ["s"]),
      ONNXNode("Concat", inputs: ["s", "s"], outputs: ["two"], attributes: [("axis", .int(0))]),
      ONNXNode("Transpose", inputs: ["a"], outputs: ["t"], attributes: [("perm", .ints([1, 0]))]),
      ONNXNode("MatMul", inputs: ["t", "two"], outputs: ["y"]),
    ])
    #expect(found == ([2, 2, 2], [35, 44, 44, 56, 35, 44, 44, 56]))
  }
}

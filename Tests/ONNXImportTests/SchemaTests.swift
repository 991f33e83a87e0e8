import Diagnostics
import ONNX
import Testing

@testable import ONNXImport

/// Nodes against the schemas of their operators (schemas/onnx-operators.txt).
@Suite struct SchemaTests {
  @Test func everyOperatorHasOne() {
    let read = OperatorTable.rows.flatMap { row in row.names.map { (row.domain, $0) } }
    for (domain, name) in read + OperatorTable.foldedNames.map({ ("", $0) }) {
      #expect(!OperatorSchema.versions(of: "\(domain):\(name)").isEmpty, "\(domain):\(name)")
    }
  }

  @Test func versionsStartWhereTheStandardSays() {
    #expect(OperatorSchema.versions(of: ":Pad").map(\.version) == [2, 11, 13, 18, 19, 21, 23, 24, 25])
    #expect(OperatorSchema.versions(of: ":HardSwish").map(\.version) == [14, 22])
    let concat = OperatorSchema.versions(of: ":Concat")[0]
    #expect(concat.inputs.counts == (1, nil))
    #expect(concat.attributes["axis"]?.isRequired == true)
    #expect(OperatorSchema.versions(of: ":Clip")[1].inputs.counts == (1, 3))
  }

  /// One node that reads x [N, 4] of float, w and k of float and int64, and makes y.
  private func problems(_ node: ONNXNode, opset: Int = 17, opsets: [(String, Int)] = []) -> [String] {
    let graph = ONNXGraph(
      name: "test", nodes: [node],
      initializers: [
        ONNXTensor(name: "w", shape: [4], floats: [1, 2, 3, 4]),
        ONNXTensor(name: "k", type: .int64, shape: [1], integers: [1]),
      ],
      inputs: [ONNXValueInfo(name: "x", type: .float, shape: [.symbolic("N"), .fixed(4)])],
      outputs: [ONNXValueInfo(name: "y", type: nil, shape: nil)])
    let model = ONNXModel(irVersion: 8, opsets: [("", opset)] + opsets, graph: graph)
    do {
      _ = try ONNXNetwork(model, file: "m.onnx").model()
      return []
    } catch {
      return error.errors.map { "\($0.found); \($0.supported ?? "")" }
    }
  }

  @Test func attributesAreThoseOfTheVersion() {
    let pad = ONNXNode("Pad", inputs: ["x"], outputs: ["y"], attributes: [("pads", .ints([0, 1, 0, 1]))])
    #expect(
      problems(pad) == [
        "1 inputs; 2 to 3", "attribute 'pads'; Pad of version 13 without it, or with mode",
      ])
    #expect(problems(pad, opset: 10).isEmpty)
    let twice = ONNXNode(
      "LeakyRelu", inputs: ["x"], outputs: ["y"], attributes: [("alpha", .float(0.5)), ("alpha", .float(2))])
    #expect(problems(twice) == ["attribute 'alpha' is given twice; each once"])
    let typed = ONNXNode("Flatten", inputs: ["x"], outputs: ["y"], attributes: [("axis", .float(1))])
    #expect(problems(typed) == ["attribute 'axis' is a float; a value of type int"])
    #expect(
      problems(ONNXNode("Concat", inputs: ["x"], outputs: ["y"])) == ["no attribute 'axis'; a value of type int"])
  }

  /// What the package onnx writes by default.
  @Test func theNewestOperatorSetIsRead() {
    let relu = ONNXNode("Relu", inputs: ["x"], outputs: ["y"])
    #expect(problems(relu, opset: 28).isEmpty)
    #expect(problems(relu, opset: 29) == ["opset 29; opset 9 to 28"])
  }

  @Test func operatorsAreThoseOfTheOperatorSet() {
    let swish = ONNXNode("HardSwish", inputs: ["x"], outputs: ["y"])
    #expect(problems(swish, opset: 14).isEmpty)
    // Exporters write operators that came later; there is one thing that they can mean.
    #expect(problems(swish, opset: 13).isEmpty)
    let add = ONNXNode("QLinearAdd", domain: "com.microsoft", inputs: ["x"], outputs: ["y"])
    #expect(problems(add) == ["the model names no version of the operator set 'com.microsoft'; "])
    #expect(
      problems(swish, opsets: [("", 13)]).contains(
        "versions 17, 13 of the operator set 'ai.onnx'; one of each operator set"))
    #expect(problems(swish, opsets: [("", 17)]).isEmpty)
  }

  @Test func operandsHaveTypesThatFit() {
    #expect(
      problems(ONNXNode("Add", inputs: ["x", "k"], outputs: ["y"])) == [
        "input 'x' is of float, and 'k' of int64; one type for both"
      ])
    #expect(
      problems(ONNXNode("Sigmoid", inputs: ["k"], outputs: ["y"])) == [
        "input 'k' is of int64; float, float16, double, bfloat16"
      ])
    #expect(problems(ONNXNode("Add", inputs: ["x", ""], outputs: ["y"])) == ["input 2 is left out; a name"])
    #expect(problems(ONNXNode("Relu", inputs: ["x", "w"], outputs: ["y"])) == ["2 inputs; 1"])
    #expect(problems(ONNXNode("Add", inputs: ["x", "w"], outputs: ["y"])).isEmpty)
  }
}

import Diagnostics
import KerasImport
import Numbers
import ONNX
import ONNXExport
import QIR
import Quantization
import Testing

/// Bytes that are read again, and what is refused.
@Suite struct WritingTests {
  private let place = Diagnostic.Location()

  @Test func everyTypeOfInteger() throws {
    for type in ONNXElementType.allCases {
      guard let range = type.range, let bits = type.bits else { continue }
      let numbers = [range.lowerBound, range.upperBound, 0, 1, min(range.upperBound, 5)]
      let tensor = ONNXTensor(name: "t", type: type, shape: [5], integers: IntegerArray(numbers))
      let read = try reread([tensor])[0]
      #expect(read.typeCode == type.rawValue && read.shape == [5])
      #expect(try read.integers(at: place).widened == numbers, "\(type.name), \(bits) bits")
    }
  }

  @Test func floats() throws {
    let tensors = try reread([
      ONNXTensor(name: "single", shape: [3, 1], floats: [-0.1, .infinity, 0]),
      ONNXTensor(name: "double", shape: [2], doubles: [0.1, -1e300]), ONNXTensor(name: "none", shape: [0], floats: []),
    ])
    #expect(tensors.map(\.name) == ["single", "double", "none"])
    #expect(try tensors[0].floats(at: place) == [-0.1, .infinity, 0])
    #expect(try tensors[1].doubles(at: place) == [0.1, -1e300])
    #expect(tensors[0].shape == [3, 1] && tensors[2].count == 0)
  }

  @Test func nodesAndInterface() throws {
    let node = ONNXNode(
      "Quant", name: "n", domain: "d", inputs: ["x", "", "ä"], outputs: ["y"],
      attributes: [
        ("a", .int(-3)), ("b", .float(0.5)), ("c", .string("ROUND")), ("d", .ints([1, -1])), ("e", .floats([2])),
        ("f", .strings(["u", "v"])), ("g", .tensor(ONNXTensor(name: "t", shape: [], floats: [4]))),
      ])
    let graph = ONNXGraph(
      name: "g", nodes: [node], inputs: [ONNXValueInfo(name: "x", type: .float, shape: [.symbolic("N"), .fixed(3)])],
      outputs: [ONNXValueInfo(name: "y", type: .int8, shape: [])])
    let model = ONNXModel(irVersion: 8, opsets: [("", 13), ("d", 1)], graph: graph, producer: "qcc")
    let read = try ONNXFile.read(ONNXFile.bytes(of: model, file: "m.onnx"), file: "m.onnx")
    #expect(read.irVersion == 8 && read.opset == 13 && read.opsets.map(\.domain) == ["", "d"])
    let other = try #require(read.graph.nodes.first)
    #expect(other.inputs == node.inputs && other.outputs == ["y"] && other.domain == "d" && other.name == "n")
    #expect(
      other.attributes.map { "\($0.name) \($0.value.kind)" } == node.attributes.map { "\($0.name) \($0.value.kind)" })
    #expect(read.graph.inputs[0].shape == [.symbolic("N"), .fixed(3)] && read.graph.inputs[0].type == .float)
    #expect(read.graph.outputs[0].shape == [] && read.graph.outputs[0].type == .int8)
  }

  private func reread(_ tensors: [ONNXTensor]) throws -> [ONNXTensor] {
    let model = ONNXModel(irVersion: 10, opsets: [("", 21)], graph: ONNXGraph(name: "g", initializers: tensors))
    return try ONNXFile.read(ONNXFile.bytes(of: model, file: "m.onnx"), file: "m.onnx").graph.initializers
  }

  /// All of them at once, each with its layer.
  @Test func everythingThatIsRefused() throws {
    let graph = try KerasModel.read(Networks.path("testdata/zoo/po2_activations.h5")).graph
    #expect {
      try ONNXExport.model(of: graph, style: .qonnx)
    } throws: { error in
      let problems = (error as? Diagnostics)?.all ?? []
      return problems.count == 7 && problems.allSatisfy { $0.found.contains("not evenly spaced") }
        && problems.map(\.location.layer) == (0..<7).map { "a\($0)" }
    }
  }

  /// The widths of QDQ are those of its types: codes of others are clipped, bit widths of QONNX are any.
  @Test func widths() throws {
    let graph = try KerasModel.read(Networks.path("testdata/zoo/bits_activations.h5")).graph
    let linear = try ONNXExport.model(of: graph, style: .qdq)
    let quant = try ONNXExport.model(of: graph, style: .qonnx)
    #expect(linear.graph.nodes.contains { $0.operatorType == "Clip" })
    #expect(!linear.graph.nodes.contains { !$0.domain.isEmpty })
    #expect(linear.opset == 21 && linear.irVersion == 10)
    #expect(quant.opset == 13 && quant.opsets.contains { $0.domain == "qonnx.custom_op.general" })
    #expect(!quant.graph.nodes.contains { $0.operatorType == "QuantizeLinear" })
  }
}

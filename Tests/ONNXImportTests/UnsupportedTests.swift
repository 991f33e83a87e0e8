import Diagnostics
import ONNX
import ONNXImport
import Testing

/// Everything unsupported is named at once: node, operator, what was found, what is supported.
@Suite struct UnsupportedTests {
  /// A model of opset 17 with input x [N, 4, 8, 8].
  private func problems(
    _ nodes: [ONNXNode], _ initializers: [ONNXTensor] = [], dimensions: [ONNXValueInfo.Dimension]? = nil
  ) throws -> [String] {
    let shape = dimensions ?? [.symbolic("N"), .fixed(4), .fixed(8), .fixed(8)]
    let graph = ONNXGraph(
      name: "test", nodes: nodes, initializers: initializers,
      inputs: [ONNXValueInfo(name: "x", type: .float, shape: shape)],
      outputs: [ONNXValueInfo(name: "y", type: .float, shape: nil)])
    let model = ONNXModel(irVersion: 8, opsets: [("", 17)], graph: graph)
    do {
      _ = try ONNXNetwork(model, file: "m.onnx").model()
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  @Test func allAtOnce() throws {
    let found = try problems(
      [
        ONNXNode("Einsum", name: "first", inputs: ["x"], outputs: ["a"]),
        ONNXNode(
          "Conv", name: "second", inputs: ["x", "w"], outputs: ["b"],
          attributes: [
            ("auto_pad", .string("SAME")), ("group", .float(1)),
          ]),
        ONNXNode("Elu", name: "third", inputs: ["x"], outputs: ["c"], attributes: [("alpha", .float(-1))]),
        ONNXNode(
          "MaxPool", name: "fourth", inputs: ["x"], outputs: ["d", "indices"],
          attributes: [
            ("kernel_shape", .ints([2, 2]))
          ]),
        ONNXNode("Relu", name: "fifth", inputs: ["x"], outputs: ["e"], attributes: [("slope", .int(1))]),
        ONNXNode("Cast", inputs: ["indices"], outputs: ["f"], attributes: [("to", .int(1))]),
        ONNXNode(
          "Concat", inputs: ["a", "b", "c", "d", "e", "f"], outputs: ["y"], attributes: [("axis", .int(1))]),
      ],
      [ONNXTensor(name: "w", shape: [4, 4, 1, 1], floats: Array(repeating: 1, count: 16))])
    #expect(found.count == 6)
    let expected = [
      "layer 'second (Conv)': attribute 'group' is a float; supported: a value of type int",
      "layer 'fifth (Relu)': attribute 'slope'; supported: Relu of version 14 without it, or with none",
      "layer 'first (Einsum)': operator Einsum is not supported; fix: there is no other form of it",
      "layer 'second (Conv)': auto_pad = 'SAME'; supported: NOTSET, VALID, SAME_UPPER, SAME_LOWER",
      "layer 'third (Elu)': alpha = -1; supported: 0 or more",
      "layer 'fourth (MaxPool)': a second result, 'indices'; supported: MaxPool with one result",
    ]
    for (found, expected) in zip(found, expected) { #expect(found.contains(expected), "\(found)") }
  }

  /// With a batch of any size, nodes that mix samples are refused; with a fixed one the first axis is data.
  @Test func batchesAreNotMixed() throws {
    let transpose = ONNXNode(
      "Transpose", name: "t", inputs: ["x"], outputs: ["y"], attributes: [("perm", .ints([1, 0, 2, 3]))])
    let found = try problems([transpose])
    #expect(found.count == 1)
    #expect(found.first?.contains("layer 't (Transpose)': axes [1, 0, 2, 3]") == true, "\(found)")
    #expect(try problems([transpose], dimensions: [.fixed(2), .fixed(4), .fixed(8), .fixed(8)]) == [])
  }

  /// A slice of a batch of any size takes all of it or none of the network is read.
  @Test(arguments: [(0, Int64.max, true), (0, 1, false), (1, Int64.max, false)])
  func batchesAreNotSliced(start: Int64, end: Int64, isWhole: Bool) throws {
    let slice = ONNXNode("Slice", inputs: ["x", "starts", "ends", "axes"], outputs: ["y"])
    func ints(_ name: String, _ value: Int64) -> ONNXTensor {
      ONNXTensor(name: name, type: .int64, shape: [1], integers: [value])
    }
    let found = try problems([slice], [ints("starts", start), ints("ends", end), ints("axes", 0)])
    #expect(found.isEmpty == isWhole, "\(found)")
  }

  /// What the operators' schemas leave out and ONNX Runtime refuses.
  @Test func shapesThatNoRuntimeRuns() throws {
    let conv = ONNXNode("Conv", name: "c", inputs: ["x", "w", "b"], outputs: ["y"])
    let kernel = ONNXTensor(name: "w", shape: [2, 4, 1, 1], floats: Array(repeating: 1, count: 8))
    let bias = { (shape: [Int]) in ONNXTensor(name: "b", shape: shape, floats: [1, 2]) }
    #expect(try problems([conv], [kernel, bias([2])]) == [])
    let found = try problems([conv], [kernel, bias([1, 2])])
    #expect(found.count == 1)
    #expect(found.allSatisfy { $0.contains("a bias of shape [1, 2] for a kernel of shape [2, 4, 1, 1]") }, "\(found)")
    for pads in [[0, 1, 0, 1], [2, 0, 0, 0]] {
      let pool = ONNXNode(
        "AveragePool", name: "p", inputs: ["x"], outputs: ["y"],
        attributes: [("kernel_shape", .ints([2, 2])), ("pads", .ints(pads))])
      let found = try problems([pool])
      #expect(found.isEmpty == (pads[0] < 2), "\(found)")
      #expect(found.allSatisfy { $0.contains("pads smaller than the window of a pool") }, "\(found)")
    }
  }

  /// Products with a scale that float32 holds with few bits differ from one runtime to the next.
  @Test(arguments: [(1e-45, false), (0x1p-126, true)] as [(Float, Bool)]) func scalesAreNormal(
    _ scale: Float, _ isRead: Bool
  ) throws {
    let quantize = ONNXNode("QuantizeLinear", name: "q", inputs: ["x", "s", "z"], outputs: ["y"])
    let zero = ONNXTensor(name: "z", type: .int8, shape: [], integers: [0])
    let found = try problems([quantize], [ONNXTensor(name: "s", shape: [], floats: [scale]), zero])
    let isRefused = found.contains { $0.contains("finite scales of 2^-126 or more") }
    #expect(isRefused != isRead, "\(found)")
  }
}

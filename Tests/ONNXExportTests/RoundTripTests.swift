import Diagnostics
import GraphTestSupport
import KerasImport
import ONNX
import ONNXExport
import ONNXImport
import QIR
import Quantization
import Testing

/// What is exported and read again is the same network: the same weights, and the same values of every tensor.
@Suite struct RoundTripTests {
  @Test(arguments: Networks.all)
  func isTheSameNetwork(_ file: String) throws {
    let name = Networks.name(file)
    guard let original = try? KerasModel.read(Networks.path(file)).graph else {
      #expect(Networks.unreadable.contains(name))
      return
    }
    for style in ExportStyle.allCases {
      let isRefused =
        Networks.refusedByBoth.contains(name) || (style == .qdq && Networks.refusedByQDQ.contains(name))
      guard !isRefused else {
        #expect(throws: Diagnostics.self, "\(style)") { try ONNXExport.model(of: original, style: style) }
        continue
      }
      let model = try ONNXExport.model(of: original, style: style)
      let bytes = try ONNXFile.bytes(of: model, file: "exported.onnx")
      let again = try ONNXFile.bytes(of: ONNXExport.model(of: original, style: style), file: "exported.onnx")
      #expect(bytes == again)
      let read = try ONNXNetwork(ONNXFile.read(bytes, file: "exported.onnx"), file: "exported.onnx").model().graph
      try compare(original, read, style)
    }
  }

  private func compare(_ original: Graph, _ read: Graph, _ style: ExportStyle) throws {
    #expect(original.inputs.map { original[$0].name } == read.inputs.map { read[$0].name })
    #expect(original.outputs.map { original[$0].fileShape } == read.outputs.map { read[$0].fileShape })
    var graphs = SideBySide(original, read)
    for _ in 0..<2 {
      let values = try graphs.run(
        counterpart: { node in
          let id = original.node(named: node.name)
          guard node.op is InputOp else { return id.flatMap { original[$0].shape == node.shape ? $0 : nil } }
          return try #require(id)
        },
        asRead: { $0.fromFileOrder(original[$2].inFileOrder($1)) }
      ) { id, node, values, found in
        compare(values[id.index], found, id, original, values, style)
        compareParameters(original[id], node)
      }
      for (output, other) in zip(original.outputs, read.outputs) {
        let expected = original[output].inFileOrder(values.original[output.index])
        #expect(read[other].inFileOrder(values.read[other.index]) == expected, "\(style): \(original[output].name)")
      }
    }
    let quantizers = original.ids.filter { original[$0].op is QuantizeOp }
    for id in quantizers { #expect(read.node(named: original[id].name) != nil, "\(original[id].name)") }
  }

  /// Equal, but for codes on a rounding boundary: their values are divided in another order.
  private func compare(
    _ expected: [Double], _ found: [Double], _ id: NodeID, _ graph: Graph, _ values: [[Double]], _ style: ExportStyle
  ) {
    guard expected != found else { return }
    let node = graph[id]
    guard let op = node.op as? QuantizeOp else {
      let largest = expected.map(abs).max() ?? 0
      let isNear = zip(expected, found).allSatisfy { abs($0 - $1) <= 1e-12 * largest }
      #expect(isNear, "\(style): \(node.name)")
      return
    }
    for (element, argument) in values[node.inputs[0].index].enumerated() where expected[element] != found[element] {
      let quantizer = op.quantizers[element % node.shape.channels]
      let near = quantizer.codes(of: argument, within: 0, in: .double)
      #expect(near.lowerBound != near.upperBound, "\(style): \(node.name) of \(argument)")
    }
  }

  private func compareParameters(_ expected: Node, _ found: Node) {
    let others = Dictionary(uniqueKeysWithValues: found.op.parameters.map { ($0.name, $0.parameter) })
    for (name, parameter) in expected.op.parameters {
      guard let other = others[name] else { continue }
      guard other.shape == parameter.shape else { continue }
      #expect(other.values == parameter.values, "\(expected.name) \(name)")
      guard case .quantized(let tensor) = parameter else { continue }
      guard case .quantized(let codes) = other else {
        Issue.record("\(expected.name) \(name) is not quantized")
        continue
      }
      #expect(codes.codes == tensor.codes, "\(expected.name) \(name)")
    }
  }
}

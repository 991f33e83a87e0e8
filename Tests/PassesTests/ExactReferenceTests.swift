import FloatReference
import Numbers
import QIR
import Testing

/// The reference in doubles is as near to exact arithmetic as it says, on random graphs of every operator.
@Suite struct ExactReferenceTests {
  @Test func ownErrorsHold() throws {
    var elements = 0
    for seed in UInt64(0)..<200 {
      var random = try RandomGraph(seed: seed)
      let inputs = random.samples()
      let graph = random.graph
      let reference = FloatReference(graph)
      var values: [[Double]] = []
      var errors: [[Double]] = []
      for id in graph.ids {
        // Each is compared on its own: its inputs are the doubles that the reference has.
        let arguments = graph[id].inputs.map { values[$0.index] }
        let exact = ExactReference(graph) { other in
          other < id ? { Rational(values[other.index][$0]) } : nil
        }
        values.append(inputs[id] ?? reference.evaluate(id, arguments))
        errors.append(
          inputs[id].map { $0.map { _ in 0 } } ?? reference.ownError(id, arguments, arguments.map { $0.map { _ in 0 } })
        )
        guard inputs[id] == nil else { continue }
        for (element, value) in values[id.index].enumerated() {
          guard let wanted = exact.value(of: element, id) else { continue }
          elements += 1
          let distance = (wanted - Rational(value)).magnitude
          #expect(
            distance <= Rational(errors[id.index][element]),
            "seed \(seed), \(graph[id].op.mnemonic), element \(element)")
        }
      }
    }
    #expect(elements > 10_000)
  }

  /// Windows over the edge, strides, dilation and groups: taps are those of the kernels in C.
  @Test func convolutionsAreExactSums() throws {
    var random = SplitMix(seed: 11)
    func codes(_ count: Int) -> [Int64] { (0..<count).map { _ in Int64.random(in: -127...127, using: &random) } }
    func parameter(_ shape: [Int]) -> Parameter {
      .quantized(.init(shape: shape, codes: codes(shape.reduce(1, *)), scales: [Rational(1, over: 3)], bits: 8))
    }
    let window = Window(
      size: Extents(rows: 3, columns: 2), stride: Extents(rows: 2, columns: 1), dilation: Extents(rows: 1, columns: 2),
      padding: Padding(top: 1, bottom: 1, left: 2, right: 1))
    let operators: [any Operator] = [
      ConvolutionOp(kernel: parameter([3, 2, 2, 6]), bias: parameter([6]), window: window, groups: 2),
      DepthwiseConvolutionOp(kernel: parameter([3, 2, 4, 2]), bias: nil, window: window),
    ]
    for op in operators {
      var graph = Graph(name: "g")
      let input = try graph.append(InputOp(shape: Shape([5, 6, 4])), named: "x")
      let id = try graph.append(op, named: "y", inputs: [input])
      let x = codes(5 * 6 * 4).map(Double.init)
      let y = FloatReference(graph).evaluate(id, [x])
      let exact = ExactReference(graph) { $0 == input ? { Rational(x[$0]) } : nil }
      for element in y.indices {
        let wanted = try #require(exact.value(of: element, id))
        #expect((wanted * 3).isInteger && abs(wanted.double - y[element]) <= 1e-9, "\(op.mnemonic) \(element)")
      }
    }
  }
}

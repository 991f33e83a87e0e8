import Arrays
import Compiler
import Diagnostics
import HDF5
import Inference
import QIR
import Testing
import TestSupport
import Verify

/// A network whose file keeps feature maps as [channels, rows, columns]: arrays of users have that order.
@Suite struct AxesTests {
  private static let text = """
    x = input shape=[4, 3, 2]
    q = quantize x by=quantized_bits(8,0,1)
    c = conv2d q kernel=int4[2, 2, 2, 3](seeded(1))*0.125
    r = quantize c by=quantized_relu(6,1)
    output r
    """

  private func graph(fileAxes: [Int]?) throws -> Graph {
    var graph = try GraphParser.graph(from: Self.text)
    for id in graph.ids { graph[id].fileAxes = fileAxes }
    return graph
  }

  /// Numbers of rows x columns x channels, sample by sample, as channels x rows x columns.
  private func channelsFirst(_ array: NumericArray) -> NumericArray {
    let (samples, rows, columns, channels) = (array.shape[0], array.shape[1], array.shape[2], array.shape[3])
    var values: [Double] = []
    for sample in 0..<samples {
      for channel in 0..<channels {
        for pixel in 0..<(rows * columns) {
          values.append(array.values[(sample * rows * columns + pixel) * channels + channel])
        }
      }
    }
    return NumericArray(shape: [samples, channels, rows, columns], values: values)
  }

  private let inputs = NumericArray(shape: [2, 4, 3, 2], values: (0..<48).map { Double($0 * 37 % 48) / 32 - 0.75 })

  @Test(arguments: [false, true]) func outputsHaveTheFilesOrder(isReference: Bool) throws {
    let folder = try Folder()
    func run(_ graph: Graph, _ inputs: NumericArray) throws -> Simulation.Output {
      let file = folder.path + "/x.npy"
      try NpyFile.save(inputs, as: .float64, to: file)
      let simulation =
        try isReference
        ? Simulation(reference: graph, inputs: [file])
        : Simulation(Compiler().compile(graph), inputs: [file])
      return try #require(simulation.outputs.first)
    }
    let plain = try run(graph(fileAxes: nil), inputs)
    let first = try run(graph(fileAxes: [2, 0, 1]), channelsFirst(inputs))
    #expect(plain.shape == [2, 3, 2, 3] && first.shape == [2, 3, 3, 2])
    let wanted = channelsFirst(NumericArray(shape: plain.shape, values: plain.values))
    #expect(first.values == wanted.values && Set(first.values).count > 5)
    #expect((first.codes == nil) == isReference)
    // A single sample needs no batch.
    let one = try run(
      graph(fileAxes: [2, 0, 1]), NumericArray(shape: [2, 4, 3], values: Array(channelsFirst(inputs).values[..<24])))
    #expect(one.values == Array(first.values[..<18]))
  }

  @Test func messagesHaveTheFilesShape() throws {
    let folder = try Folder()
    let file = folder.path + "/x.npy"
    try NpyFile.save(inputs, as: .float64, to: file)
    let problems = #expect(throws: Diagnostics.self) {
      try Simulation(reference: graph(fileAxes: [2, 0, 1]), inputs: [file])
    }
    #expect(problems?.description.contains("supported: [samples, 2, 4, 3]") == true)
  }

  /// Flatten and dense layer as PyTorch has them: the file's elements are ordered by channel first.
  @Test func aFlattenInTheFilesOrder() throws {
    let text = """
      x = input shape=[3, 2, 4] file_axes=[2, 0, 1]
      q = quantize x by=quantized_bits(8,0,1) file_axes=[2, 0, 1]
      t = transpose q permutation=[2, 0, 1]
      f = reshape t shape=[24]
      r = quantize f by=quantized_bits(6,0,1)
      d = dense r kernel=int4[24, 5](seeded(2))*0.125 bias=int4[5](1, -2, 3, 4, -5)*0.125
      output d
      """
    let graph = try GraphParser.graph(from: text)
    let compilation = try Compiler().compile(graph)
    var options = Verifier.Options()
    options.emitted = false
    options.samples = 8
    let report = try Verifier(compilation, options: options).report()
    #expect(report.bitExact && report.tensors.contains { $0.name == "d" && $0.elements == 40 })
    let folder = try Folder()
    let file = folder.path + "/x.npy"
    let numbers = (0..<48).map { Double($0 * 37 % 48) / 32 - 0.75 }
    try NpyFile.save(NumericArray(shape: [2, 4, 3, 2], values: numbers), as: .float64, to: file)
    let simulated = try #require(Simulation(compilation, inputs: [file]).outputs.first)
    let reference = try #require(Simulation(reference: graph, inputs: [file]).outputs.first)
    #expect(simulated.values == reference.values && Set(simulated.values).count > 5)
  }

  /// The host quantizes the input once, with the quantizer that moved up to it.
  @Test func aPoolInFrontOfTheFirstQuantizer() throws {
    let text = """
      x = input shape=[8, 8, 1]
      m = max_pool x size=[2, 2] stride=[2, 2]
      q = quantize m by=quantized_bits(5,0,1)
      d = conv2d q kernel=int4[2, 2, 1, 2](seeded(2))*0.125
      output d
      """
    let compilation = try Compiler().compile(GraphParser.graph(from: text))
    #expect(compilation.remarks.isEmpty)
    var options = Verifier.Options()
    options.emitted = false
    options.samples = 100
    let report = try Verifier(compilation, options: options).report()
    #expect(report.bitExact, "\(String(describing: report.firstDifference))")
  }

  /// One tensor handed out twice is two outputs; the next one keeps its own shape.
  @Test func anOutputThatIsGivenTwice() throws {
    let folder = try Folder()
    let file = folder.path + "/x.npy"
    try NpyFile.save(inputs, as: .float64, to: file)
    let graph = try GraphParser.graph(from: Self.text + " r q")
    let outputs = try Simulation(Compiler().compile(graph), inputs: [file]).outputs
    #expect(outputs.map(\.shape) == [[2, 3, 2, 3], [2, 3, 2, 3], [2, 4, 3, 2]])
  }
}

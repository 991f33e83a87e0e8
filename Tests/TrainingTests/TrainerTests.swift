import FloatEngine
import Numbers
import QIR
import Quantization
import Quantizers
import Testing

@testable import Training

/// Training of a small network from end to end.
@Suite struct TrainerTests {
  private static let kernel: [Int64] = [3, 0, -2, 1, 0, 0, -3, 2, 0, 1, 1, 0]

  /// Six numbers in 8 bits, two sums of them with weights of 3 bits.
  private func network() throws -> Graph {
    var graph = Graph(name: "sums")
    let codes = Quantizer(UniformAffine(bits: 8, scale: 0.015625, zeroPoint: 128, isSigned: false))
    let input = try graph.append(InputOp(shape: Shape([6])), named: "x")
    let map = try graph.append(QuantizeOp(codes, at: .init()), named: "x/codes", inputs: [input])
    let weights = QuantizedTensor(
      shape: [6, 2], codes: Self.kernel, scales: [.powerOfTwo(-2), .powerOfTwo(-3)], scaleAxis: 1, bits: 3)
    let sums = try graph.append(DenseOp(kernel: .quantized(weights), bias: nil), named: "sums", inputs: [map])
    graph.outputs = [sums]
    return graph
  }

  /// Learns from sums with weights that are all a quarter more and an eighth larger.
  private func trained(keepsZeros: Bool) throws -> (losses: [Double], kernel: QuantizedTensor) {
    let graph = try network()
    var float = graph
    let wanted = try #require(graph[graph.outputs[0]].op as? DenseOp).kernel.values.map { Float($0 * 1.125 + 0.25) }
    float[float.outputs[0]].op = DenseOp(kernel: .real(wanted, shape: [6, 2]), bias: nil)
    var random = SplitMix(seed: 1)
    let data = Batch(shape: Shape([6]), values: (0..<384).map { _ in Float.random(in: -1...1, using: &random) })
    var options = Trainer.Options()
    options.epochs = 40
    options.rate = 0.02
    options.threads = 1
    var trainer = Trainer(
      try TrainableNetwork(graph, keepsZeros: keepsZeros), teacher: Teacher(float, result: float.outputs[0]),
      loss: .squares, data: [data], options: options)
    let losses = (0..<options.epochs).map { trainer.run(epoch: $0) {} }
    let op = try trainer.network.trained()[graph.outputs[0]].op as? DenseOp
    guard case .quantized(let kernel)? = op?.kernel else { throw CancellationError() }
    return (losses, kernel)
  }

  @Test func weightsAndScalesAreLearned() throws {
    let (losses, kernel) = try trained(keepsZeros: false)
    #expect(try #require(losses.last) < 0.2 * losses[0])
    #expect(zip(Self.kernel, kernel.codes).contains { $0 == 0 && $1 != 0 })
    #expect(kernel.codes.allSatisfy { (-3...3).contains($0) })
    #expect(kernel.scales != [.powerOfTwo(-2), .powerOfTwo(-3)])
  }

  @Test func zerosOfAPrunedNetworkStay() throws {
    let (losses, kernel) = try trained(keepsZeros: true)
    #expect(try #require(losses.last) < losses[0])
    #expect(zip(Self.kernel, kernel.codes).allSatisfy { $0 != 0 || $1 == 0 })
  }
}

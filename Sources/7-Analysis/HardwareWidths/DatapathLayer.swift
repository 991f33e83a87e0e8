import Compiler
import IntegerProgram
import Lowering
import Numbers
import Prover

/// A layer of the engines as the datapath runs it.
package struct DatapathLayer: Sendable {
  /// Of its network's `instructions`.
  package let index: Int
  package let instruction: LinearInstruction
  /// Of its input's codes.
  package let codes: CodeRange
  /// By output channel: what its accumulator can be.
  let accumulators: [CodeRange]
  /// By output channel; empty where the datapath does not compute the layer's codes.
  let channels: [ChannelDatapath]
  /// Why it does not.
  package let note: String?

  package var name: String { instruction.name }
}

extension DatapathLayer {
  /// The linear layers of a network, in the program's order.
  package static func all(of compilation: Compilation) -> [DatapathLayer] {
    let program = compilation.network.program
    let proofs = Dictionary(compilation.network.proofs.map { ($0.layer, $0) }) { first, _ in first }
    return program.instructions.enumerated().compactMap { index, instruction in
      guard case .linear(let linear) = instruction else { return nil }
      return DatapathLayer(
        index, linear, codes: program[linear.input].range,
        ideals: proofs[program[linear.output].name]?.ideals ?? [])
    }
  }

  private init(_ index: Int, _ instruction: LinearInstruction, codes: CodeRange, ideals: [IdealFunction]) {
    let accumulators = (0..<instruction.shape.output.channels).map { channel in
      instruction.windowSums(of: channel, codes: codes).map(\.reach).hull() ?? 0...0
    }
    let channels: [ChannelDatapath]
    let note: String?
    do throws(Obstacle) {
      channels = try Self.channels(of: instruction, ideals: ideals, accumulators: accumulators)
      note = nil
    } catch {
      channels = []
      note = error.reason
    }
    self.init(
      index: index, instruction: instruction, codes: codes, accumulators: accumulators, channels: channels, note: note)
  }

  /// Why the datapath does not compute a layer's codes.
  private struct Obstacle: Error {
    let reason: String
  }

  private static func channels(
    of instruction: LinearInstruction, ideals: [IdealFunction], accumulators: [CodeRange]
  ) throws(Obstacle) -> [ChannelDatapath] {
    guard case .requantize(let requantization) = instruction.stage else {
      throw Obstacle(reason: "hands out its accumulators")
    }
    var requantizers: [AffineRequantizer] = []
    for requantizer in requantization.channels {
      guard case .affine(let affine) = requantizer else { throw Obstacle(reason: "a table, no line") }
      requantizers.append(affine)
    }
    let tiesToEven = requantizers.contains { $0.rounding == .halfEven }
    let weightSums = instruction.weightSums
    let strides = instruction.weightDivisors
    var channels: [ChannelDatapath] = []
    for channel in accumulators.indices {
      let requantizer = requantizers[requantizers.count == 1 ? 0 : channel]
      let crossTerm = weightSums[channel] * Int128(instruction.paddingCode) + Int128(instruction.initial[channel])
      guard !ideals.isEmpty, let factors = ideals[ideals.count == 1 ? 0 : channel].factors,
        let crossing = Int64(exactly: crossTerm), let sum = ExactConstant(factors.sum),
        let bias = ExactConstant(factors.shift + factors.sum * Rational(crossing)),
        let output = ExactConstant(factors.output),
        let corners = RequantizerCorners(
          requantizer, clamp: requantization.clamp, accumulators: accumulators[channel], stride: strides[channel],
          tiesToEven: tiesToEven)
      else { throw Obstacle(reason: "numbers beyond 128 bits") }
      channels.append(
        ChannelDatapath(
          crossTerm: crossTerm, sumFactor: sum, bias: bias, outputFactor: output, zeroPoint: factors.offset,
          tiesToEven: tiesToEven, accumulators: accumulators[channel], requantizer: requantizer,
          clamp: requantization.clamp, corners: corners))
    }
    return channels
  }
}

extension LinearInstruction {
  /// The sum of each output channel's weights.
  fileprivate var weightSums: [Int128] {
    var sums = [Int128](repeating: 0, count: shape.output.channels)
    for (index, weight) in weights.enumerated() { sums[index % sums.count] += Int128(weight) }
    return sums
  }

  /// What divides all weights of an output channel: its accumulators are so far apart.
  fileprivate var weightDivisors: [Int64] {
    var divisors = [Int64](repeating: 0, count: shape.output.channels)
    for (index, weight) in weights.enumerated() where divisors[index % divisors.count] != 1 {
      divisors[index % divisors.count] = greatestCommonDivisor(divisors[index % divisors.count], weight)
    }
    return divisors.map { max($0, 1) }
  }
}

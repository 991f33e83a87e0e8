import Diagnostics
import IntegerProgram
import Numbers
import Prover
import QIR
import Quantization

extension Lowerer {
  /// The instruction that makes a quantizer's codes of a value, proved: the one that makes the sums, where this quantizer alone
  /// reads them.
  mutating func requantization(
    of value: IntegerValue, by quantizers: PerChannel<FeatureMapQuantizer>, at id: NodeID
  ) throws -> Instruction {
    if value.terms.count > 1 { return .sum(try proved(sumOf: value, by: quantizers, at: id)) }
    guard let pending = value.pending else {
      let requantization = try proved(
        value.scales, of: value, by: quantizers, reach: builder[value.tensor].reach, at: id)
      return .requantize(
        RequantizeInstruction(
          name: graph[id].name, input: value.tensor, output: builder.reserve(), requantization: requantization))
    }
    return try pending.emitted { pixels in
      let scales = pixels.flatMap { value.windowScales?[$0] } ?? value.scales
      return .requantize(try proved(scales, of: value, by: quantizers, reach: pending.reach, at: id))
    }
  }

  /// The requantization of integers with these scales and what waits behind them.
  private mutating func proved(
    _ scales: PerChannel<Rational>, of value: IntegerValue, by quantizers: PerChannel<FeatureMapQuantizer>,
    reach: PerChannel<CodeRange>, at id: NodeID
  ) throws -> Requantization {
    let channels = max(value.channelFormulas, quantizers.count)
    let tails = tails(of: value, by: quantizers)
    let ideals = (0..<channels).map { IdealFunction(scale: scales[$0], shift: value.shifts[$0], tail: tails[$0]) }
    // One function for all channels is proved for what any of them reaches.
    let result = RequantizationProof(ideals: ideals, accumulators: channels == 1 ? [reach.hull()] : reach).result
    guard result.unproved.isEmpty else { throw unproved(id, channels: result.unproved, of: channels) }
    proofs.append(.init(layer: graph[id].name, channels: channels, proved: channels, ideals: ideals))
    return result.requantization
  }

  /// The sum of two integers whose scales have no common unit.
  private mutating func proved(
    sumOf value: IntegerValue, by quantizers: PerChannel<FeatureMapQuantizer>, at id: NodeID
  ) throws -> SumInstruction {
    let channels = max(value.channelFormulas, quantizers.count)
    guard channels == 1 else { throw unprovedSum(of: value, at: id, " with scales per channel") }
    let ideal = IdealFunction(scale: .one, shift: value.shifts[0], tail: tails(of: value, by: quantizers)[0])
    let proof = SumProof(
      ideal: ideal, scales: value.terms.map { $0.scales[0] },
      ranges: value.terms.map { builder[$0.tensor].range })
    guard let result = proof.result else { throw unprovedSum(of: value, at: id) }
    proofs.append(.init(layer: graph[id].name, channels: 1, proved: 1, ideals: [ideal]))
    return SumInstruction(
      name: graph[id].name,
      terms: zip(value.terms, result.coefficients).map { .init(input: $0.tensor, coefficient: $1) },
      output: builder.reserve(), accumulatorRange: result.range, stage: .requantize(result.requantization))
  }

  private func tails(
    of value: IntegerValue, by quantizers: PerChannel<FeatureMapQuantizer>
  ) -> PerChannel<IdealFunction.Tail> {
    value.functions.combined(with: quantizers) { IdealFunction.Tail(functions: $0, quantizer: $1) }
  }

  private func unprovedSum(of value: IntegerValue, at id: NodeID, _ what: String = "") -> Diagnostic {
    let names = value.terms.map { "'\(builder[$0.tensor].name)'" }.joined(separator: " and ")
    return Diagnostic(
      "no integer function was found that is equal to the sum of \(names)\(what)", at: graph.location(of: id),
      supported: "sums of two tensors with one scale each and no more than 8 bits, or of tensors of one scale",
      fix: "quantize them with the same scale, or with scales of which one is a power of two times the other")
  }

  private func unproved(_ id: NodeID, channels: [Int], of count: Int) -> Diagnostic {
    let named = channels.prefix(8).map(String.init).joined(separator: ", ") + (channels.count > 8 ? ", …" : "")
    return Diagnostic(
      "no integer function could be proved equal to the ideal one in channel\(channels.count == 1 ? "" : "s") \(named) "
        + "of \(count)",
      at: graph.location(of: id), supported: "chains that step at integers which can be told apart exactly",
      fix: "use scales that are powers of two here, or a quantizer between the layers that are summed")
  }
}

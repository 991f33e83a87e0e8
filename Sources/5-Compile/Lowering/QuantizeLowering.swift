import Diagnostics
import IntegerProgram
import Numbers
import Prover
import QIR
import Quantization

extension Lowerer {
  /// Codes in a new tensor: the host makes them of a network input; behind anything else the chain becomes a proved
  /// requantization, part of the instruction that sums where nothing else reads the sums.
  ///
  /// What fails leaves a whole program to be checked for further problems: the sums that waited are handed out as they are.
  mutating func quantize(_ id: NodeID, _ op: QuantizeOp) throws -> IntegerValue {
    do {
      return try codes(id, op)
    } catch {
      if case .value(let value) = states[graph[id].inputs[0].index], let sums = value.pending {
        emit(sums.emitted { _ in .accumulator }, for: sums.node, value.coding, reach: sums.reach)
      }
      throw error
    }
  }

  private mutating func codes(_ id: NodeID, _ op: QuantizeOp) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    let location = graph.location(of: id)
    let (quantizers, format) = try inOneUnit(op.quantizers, at: location)
    let isMovable = quantizers.allSatisfy { $0.codeFactor == 1 }
    let shift = portShift(
      format.range, zero: needsZero(id) ? format.zeroPoint : nil, isOperand: isMovable && feedsMultiplier(id))
    let coding = Coding(scales: [format.scale], shifts: [-format.scale * Rational(format.zeroPoint - shift)])
    let codes = tensor(of: id, coding, reach: [format.range.shifted(by: -shift)])
    let quantization = ProgramQuantization(quantizers: quantizers, codeShift: shift)
    let output: TensorID
    if case .realInput = states[source.index] {
      output = builder.putInput(codes)
      inputs.append(.init(tensor: output, graphInput: source, quantization: quantization))
    } else {
      let value = try value(source, for: id)
      let instruction = try requantization(
        of: value, by: quantizers.map { $0.shiftingCodes(by: -shift) }, at: id)
      builder.put(instruction, of: value.pending?.node ?? id, writing: codes)
      output = instruction.output
    }
    return exactValue(id, output, coding, isQuantized: true, quantization: quantization)
  }

  /// The quantizers of all channels in one unit: codes of coarser channels become multiples.
  private func inOneUnit(
    _ quantizers: PerChannel<FeatureMapQuantizer>, at location: Diagnostic.Location
  ) throws -> (quantizers: PerChannel<FeatureMapQuantizer>, format: CodeFormat) {
    var format = quantizers[0].format
    let differ = quantizers.contains { $0.format.scale != format.scale || $0.format.zeroPoint != format.zeroPoint }
    var quantizers = quantizers
    if differ {
      // Around zero, so that multiples of codes are codes.
      quantizers = quantizers.map { $0.codeFactor == 1 ? $0.shiftingCodes(by: -$0.format.zeroPoint) : $0 }
      let formats = quantizers.map(\.format)
      guard formats.allSatisfy({ $0.zeroPoint == 0 && $0.scale.sign > 0 }),
        let common = CommonUnit(of: Array(formats.map(\.scale)), largest: formats.map(\.range.largestMagnitude))
      else {
        throw Diagnostic(
          "the channels of the feature map are quantized with scales that have no common unit", at: location,
          supported: "one scale, or scales that are multiples of each other",
          fix: "use one quantizer for all channels, or scales that are powers of two")
      }
      quantizers = quantizers.combined(with: PerChannel(common.multiples)) { $0.multiplyingCodes(by: $1) }
      format = quantizers[0].format
    }
    format.range = quantizers.map(\.format.range).hull()
    return (quantizers, format)
  }

  /// What to take from codes so that they fit a signed multiplier port of their width: 128 from 0...255.
  private func portShift(_ range: CodeRange, zero: Int64?, isOperand: Bool) -> Int64 {
    guard isOperand else { return 0 }
    let codes = zero.map { range.including($0) } ?? range
    for bits in [4, 8, 16] where codes.upperBound - codes.lowerBound < 1 << bits {
      let port = IntegerType(bits: bits, isSigned: true).range
      return port.contains(codes) ? 0 : codes.lowerBound - port.lowerBound
    }
    return 0
  }

  /// The instruction that makes a quantizer's codes of a value, proved: the one that makes the sums, where this quantizer alone
  /// reads them.
  mutating func requantization(
    of value: IntegerValue, by quantizers: PerChannel<FeatureMapQuantizer>, at id: NodeID
  ) throws -> Instruction {
    if value.terms.count > 1 { return .combine(try proved(sumOf: value, by: quantizers, at: id)) }
    guard let pending = value.pending else {
      let requantization = try proved(
        value.scales, of: value, by: quantizers, reach: builder[value.tensor].reach, at: id)
      return .requantize(
        RequantizeInstruction(
          name: graph[id].name, input: value.tensor, output: builder.reserve(), requantization: requantization))
    }
    let engine: NodeID? = if case .linear = pending.kind { pending.node } else { nil }
    return try pending.emitted { pixels in
      let scales = pixels.flatMap { value.windowScales?[$0] } ?? value.scales
      return .requantize(try proved(scales, of: value, by: quantizers, reach: pending.reach, at: id, engine: engine))
    }
  }

  /// The requantization of integers with these scales and what waits behind them.
  /// - Parameter engine: the layer, where an engine requantizes.
  private mutating func proved(
    _ scales: PerChannel<Rational>, of value: IntegerValue, by quantizers: PerChannel<FeatureMapQuantizer>,
    reach: PerChannel<CodeRange>, at id: NodeID, engine: NodeID? = nil
  ) throws -> Requantization {
    let channels = max(value.channelFormulas, quantizers.count)
    let tails = tails(of: value, by: quantizers)
    let ideals = (0..<channels).map { IdealFunction(scale: scales[$0], shift: value.shifts[$0], tail: tails[$0]) }
    // One function for all channels is proved for what any of them reaches.
    let proof = RequantizationProof(
      ideals: ideals, accumulators: channels == 1 ? [reach.hull()] : reach, mayDivide: engine == nil, memory: memory)
    let bound = engine == nil ? nil : requantizerBits
    let result = bound.map(proof.result(multiplierBits:)) ?? proof.result
    if let engine, let bound, let bits = result.multiplierBits {
      // The layers behind it have codes all the same, and are asked too.
      problems.report(tooWide(engine, bits: bits, bound: bound))
    }
    guard result.unproved.isEmpty else { throw unproved(id, channels: result.unproved, of: channels) }
    proofs.append(.init(layer: graph[id].name, channels: channels, proved: channels, ideals: ideals))
    return result.requantization
  }

  /// A sum of integers whose scales have no common unit: coefficients that are proved with the quantizer, or else, where there are
  /// none, whole multiples of the largest unit that there is.
  private mutating func proved(
    sumOf value: IntegerValue, by quantizers: PerChannel<FeatureMapQuantizer>, at id: NodeID
  ) throws -> CombineInstruction {
    let channels = max(value.channelFormulas, quantizers.count)
    let tails = tails(of: value, by: quantizers)
    let ideals = (0..<channels).map { IdealFunction(scale: .one, shift: value.shifts[$0], tail: tails[$0]) }
    let ranges = value.terms.map { builder[$0.tensor].range }
    let proof = SumProof(ideals: ideals, scales: value.terms.map(\.scales), ranges: ranges)
    let terms: [CombineInstruction.Term]
    let requantization: Requantization
    if let result = proof.result {
      terms = zip(value.terms, result.coefficients).map { .init(input: $0.tensor, coefficients: $1) }
      requantization = result.requantization
    } else {
      guard let sum = ExactSum(of: value.terms, coefficientBits: 60, in: builder) else {
        throw unprovedSum(of: value, at: id)
      }
      let result = RequantizationProof(
        ideals: ideals.indices.map {
          IdealFunction(scale: sum.units[$0], shift: value.shifts[$0], tail: tails[$0])
        }, accumulators: sum.reach, mayDivide: true
      ).result
      guard result.unproved.isEmpty else { throw unproved(id, channels: result.unproved, of: channels) }
      (terms, requantization) = (sum.terms, result.requantization)
    }
    proofs.append(.init(layer: graph[id].name, channels: channels, proved: channels, ideals: ideals))
    let range = CombineInstruction.Operation.sum.bounds(of: terms, ranges: ranges).map(\.partial).hull()
    return CombineInstruction(
      name: graph[id].name, operation: .sum, terms: terms, output: builder.reserve(),
      accumulatorRange: range.clampedTo64Bits, stage: .requantize(requantization))
  }

  private func tails(
    of value: IntegerValue, by quantizers: PerChannel<FeatureMapQuantizer>
  ) -> PerChannel<IdealFunction.Tail> {
    value.functions.combined(with: quantizers) { IdealFunction.Tail(functions: $0, quantizer: $1) }
  }

  private func unprovedSum(of value: IntegerValue, at id: NodeID) -> Diagnostic {
    let names = value.terms.map { "'\(builder[$0.tensor].name)'" }.joined(separator: " and ")
    return Diagnostic(
      "no integer function of 62 bits was found that is equal to the sum of \(names)", at: graph.location(of: id),
      supported: "sums of codes, and of accumulators and codes of up to 8 bits; of tensors of one scale any",
      fix:
        "put \(graph.conventions.quantizer) in front of the sum, or quantize with the same scale, or with scales of which "
        + "one is a power of two times the other")
  }

  private func tooWide(_ layer: NodeID, bits: Int, bound: Int) -> Diagnostic {
    Diagnostic(
      "the requantizer needs a multiplier of \(bits) bits, \(bits - bound) more than the target's",
      at: graph.location(of: layer),
      supported: "`requantizer.multiplierBits`: \(bound), or codes of up to 8 bits, for which there is a table",
      fix: "use fewer bits for what the layer reads, its weights or what it hands on, or scales that are powers of two")
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

extension FeatureMapQuantizer {
  /// The same steps with codes moved by a constant; values stay.
  fileprivate func shiftingCodes(by offset: Int64) -> FeatureMapQuantizer {
    guard offset != 0 else { return self }
    precondition(codeFactor == 1, "codes are moved before they are multiplied")
    let moved: StepFunction =
      switch steps {
      case .uniform(let steps):
        .uniform(
          UniformSteps(
            gain: steps.gain, bias: steps.bias, zeroPoint: steps.zeroPoint + offset,
            clamp: steps.clamp.shifted(by: offset), rounding: steps.rounding))
      case .levels(let steps):
        .levels(LevelSteps(thresholds: steps.thresholds, codes: steps.codes.map { $0 + offset }))
      }
    return FeatureMapQuantizer(
      functions: functions, steps: moved,
      format: CodeFormat(
        scale: format.scale, zeroPoint: format.zeroPoint + offset, range: format.range.shifted(by: offset)),
      arithmetic: arithmetic)
  }
}

import Diagnostics
import IntegerProgram
import Numbers
import Prover
import QIR
import Quantization

extension Lowerer {
  /// Codes in a new tensor: the host makes them of a network input; behind anything else the chain becomes a proved
  /// requantization, part of the instruction that sums where nothing else reads the sums.
  mutating func quantize(_ id: NodeID, _ op: QuantizeOp) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    let location = graph.location(of: id)
    let (quantizers, format) = try inOneUnit(op.quantizers, at: location)
    let isMovable = quantizers.allSatisfy { $0.codeFactor == 1 }
    let shift = portShift(
      format.range, zero: needsZero(id) ? format.zeroPoint : nil, isOperand: isMovable && feedsMultiplier(id))
    let range = format.range.shifted(by: -shift)
    let zeroPoint = format.zeroPoint - shift
    let encoding = Encoding(scales: [format.scale.double], zeroPoint: zeroPoint)
    let tensor: TensorID

    if case .realInput = states[source.index] {
      tensor = newTensor(id, range: range, encoding: encoding, reach: [range])
      program.inputs.append(tensor)
      inputs.append(.init(tensor: tensor, graphInput: source, quantizers: quantizers, codeShift: shift))
    } else {
      let value = try value(source, for: id)
      let stage = try requantization(id, of: value, quantizers: quantizers.map { $0.shiftingCodes(by: -shift) })
      tensor = place(stage, of: value, at: id, range: range, encoding: encoding)
    }
    return exactValue(
      id, tensor: tensor, scales: [format.scale], shifts: [-format.scale * Rational(zeroPoint)], isQuantized: true,
      quantization: .init(quantizers: quantizers, codeShift: shift))
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

  // MARK: Proofs

  /// What turns the sums of `value` into codes.
  enum Stage {
    case one(Requantization)
    /// By the number of pixels inside a pooling window.
    case byWindow([Int: Requantization])
    /// Coefficients for the terms of a sum, and what follows.
    case sum(SumProof.Result)
  }

  private mutating func requantization(
    _ id: NodeID, of value: IntegerValue, quantizers: PerChannel<FeatureMapQuantizer>
  ) throws -> Stage {
    let channels = max(value.channelFormulas, quantizers.count)
    func ideal(_ channel: Int, scale: Rational) -> IdealFunction {
      IdealFunction(
        scale: scale, shift: value.shifts[channel], functions: value.functions[channel],
        quantizer: quantizers[channel])
    }
    if value.terms.count > 1 {
      let sums = (0..<channels).map { channel in
        SumProof(
          ideal: ideal(channel, scale: .one), scales: value.terms.map { $0.scales[channel] },
          ranges: value.terms.map { program[$0.tensor].range })
      }
      guard channels == 1, let result = sums[0].result else {
        throw unproved(id, channels: Array(0..<channels), of: channels)
      }
      proofs.append(.init(layer: graph[id].name, channels: 1, proved: 1))
      return .sum(result)
    }
    let reached = reach(of: value.tensor)
    if let windows = value.windowScales {
      let counts = windows.keys.sorted()
      var stages: [Int: Requantization] = [:]
      for count in counts {
        stages[count] = try prove(
          id, (0..<channels).map { ideal($0, scale: windows[count] ?? .zero) }, accumulators: reached)
      }
      return .byWindow(stages)
    }
    let ideals = (0..<channels).map { ideal($0, scale: value.scales[$0]) }
    return .one(try prove(id, ideals, accumulators: reached))
  }

  private mutating func prove(
    _ id: NodeID, _ ideals: [IdealFunction], accumulators: PerChannel<CodeRange>
  ) throws -> Requantization {
    // One function for all channels is proved for what any of them reaches.
    let reached = ideals.count == 1 ? [accumulators.hull()] : accumulators
    let result = RequantizationProof(ideals: ideals, accumulators: reached).result
    if !result.unproved.isEmpty { throw unproved(id, channels: result.unproved, of: ideals.count) }
    proofs.append(.init(layer: graph[id].name, channels: ideals.count, proved: ideals.count))
    return result.requantization
  }

  private func unproved(_ id: NodeID, channels: [Int], of count: Int) -> Diagnostic {
    let named = channels.prefix(8).map(String.init).joined(separator: ", ") + (channels.count > 8 ? ", …" : "")
    return Diagnostic(
      "no integer function could be proved equal to the ideal one in channel\(channels.count == 1 ? "" : "s") \(named) "
        + "of \(count)",
      at: graph.location(of: id), supported: "chains that step at integers which can be told apart exactly",
      fix: "use scales that are powers of two here, or a quantizer between the layers that are summed")
  }

  // MARK: Placement

  /// Puts a requantization into the instruction that makes the sums, where this quantizer alone reads them, or behind it.
  private mutating func place(
    _ stage: Stage, of value: IntegerValue, at id: NodeID, range: CodeRange, encoding: Encoding
  ) -> TensorID {
    if case .sum(let result) = stage {
      let output = newTensor(id, range: range, encoding: encoding, reach: [range])
      let terms = zip(value.terms, result.coefficients).map { SumInstruction.Term(input: $0.tensor, coefficient: $1) }
      emit(
        .sum(
          SumInstruction(
            name: graph[id].name, terms: terms, output: output, accumulatorRange: result.range,
            stage: .requantize(result.requantization))),
        node: id)
      return output
    }
    let tensor = value.tensor
    if let producer = producers[tensor], endsInQuantizer(producer.node),
      fuse(stage, into: producer.instruction)
    {
      // The sums never leave the instruction: its output becomes the codes.
      program.tensors[tensor.index] = ProgramTensor(
        name: graph[id].name, shape: program[tensor].shape, range: range, encoding: encoding)
      reach[tensor] = [range]
      producers[tensor] = (producer.instruction, id)
      meanings.removeAll { $0.tensor == tensor }
      return tensor
    }
    guard case .one(let requantization) = stage else {
      preconditionFailure("windows of a pool are requantized in the pool")
    }
    let output = newTensor(id, range: range, encoding: encoding, reach: [range])
    emit(
      .requantize(
        RequantizeInstruction(
          name: graph[id].name, input: tensor, output: output, requantization: requantization)),
      node: id)
    return output
  }

  private mutating func fuse(_ stage: Stage, into index: Int) -> Bool {
    switch (program.instructions[index], stage) {
    case (.linear(var linear), .one(let requantization)) where linear.stage == .accumulator:
      linear.stage = .requantize(requantization)
      program.instructions[index] = .linear(linear)
    case (.sum(var sum), .one(let requantization)) where sum.stage == .accumulator:
      sum.stage = .requantize(requantization)
      program.instructions[index] = .sum(sum)
    case (.pool(var pool), .one(let requantization)):
      guard case .sum(let stages) = pool.kind, stages.values.allSatisfy({ $0 == .accumulator }) else { return false }
      pool.kind = .sum(stages: stages.mapValues { _ in .requantize(requantization) })
      program.instructions[index] = .pool(pool)
    case (.pool(var pool), .byWindow(let requantizations)):
      pool.kind = .sum(stages: requantizations.mapValues { .requantize($0) })
      program.instructions[index] = .pool(pool)
    default: return false
    }
    return true
  }
}

extension FeatureMapQuantizer {
  /// The same steps with codes moved by a constant; values stay.
  fileprivate func shiftingCodes(by offset: Int64) -> FeatureMapQuantizer {
    guard offset != 0 else { return self }
    precondition(codeFactor == 1, "codes are moved before they are multiplied")
    var moved = self
    moved.format.zeroPoint += offset
    moved.format.range = format.range.shifted(by: offset)
    switch steps {
    case .uniform(let steps):
      moved.steps = .uniform(
        UniformSteps(
          gain: steps.gain, bias: steps.bias, zeroPoint: steps.zeroPoint + offset,
          clamp: steps.clamp.shifted(by: offset), rounding: steps.rounding))
    case .levels(let steps):
      moved.steps = .levels(LevelSteps(thresholds: steps.thresholds, codes: steps.codes.map { $0 + offset }))
    }
    return moved
  }
}

import Diagnostics
import IntegerProgram
import Numbers
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
    let quantization = LoweredNetwork.Quantization(quantizers: quantizers, codeShift: shift)
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

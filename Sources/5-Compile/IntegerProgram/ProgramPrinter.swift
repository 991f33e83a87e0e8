import Numbers
import Quantization

extension IntegerProgram {
  /// The program for people: one line per input, instruction and output, the same text for the same program.
  ///
  ///     %1 'conv' 32x32x16 s8 = conv2D %0, kernel 3x3, padding 1,1 code 0, weights s4, accumulator s20,
  ///     requantize M s13 S 18..21 floor, clamp -128..127
  package var text: String {
    var lines = ["program '\(name)'"]
    lines += inputs.map { "input \(printed($0))" }
    lines += instructions.map { "\(printed($0.output)) = \(printed($0))" }
    lines += outputs.map { "output %\($0.index)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `%1 'conv' 32x32x16 s8`
  private func printed(_ id: TensorID) -> String {
    let tensor = self[id]
    return "%\(id.index) '\(tensor.name)' \(tensor.shape) \(tensor.type)"
  }

  private func printed(_ instruction: Instruction) -> String {
    switch instruction {
    case .linear(let instruction): printed(instruction)
    case .sum(let instruction):
      "sum "
        + instruction.terms.map { "\($0.coefficient) * %\($0.input.index)" }.joined(separator: " + ")
        + ", \(accumulator(instruction.accumulatorRange)), \(printed(instruction.stage))"
    case .pool(let instruction): printed(instruction)
    case .requantize(let instruction): "requantize %\(instruction.input.index), \(instruction.requantization)"
    case .concatenate(let instruction):
      "concatenate axis \(instruction.axis): "
        + instruction.parts.map { part in
          (part.coefficient == 1 ? "" : "\(part.coefficient) * ") + "%\(part.input.index)"
            + (part.offset == 0 ? "" : " + \(part.offset)")
        }.joined(separator: ", ")
    case .pad(let instruction):
      "pad %\(instruction.input.index) at \(instruction.top),\(instruction.left) code \(instruction.code)"
    case .reshape(let instruction): "reshape %\(instruction.input.index)"
    }
  }

  private func printed(_ instruction: LinearInstruction) -> String {
    let shape = instruction.shape
    var parts = ["\(shape.engine.rawValue) %\(instruction.input.index)"]
    if shape.engine != .fullyConnected {
      parts.append("kernel \(shape.kernel)")
      if shape.stride != .one { parts.append("stride \(shape.stride)") }
      if shape.dilation != .one { parts.append("dilation \(shape.dilation)") }
      if instruction.readsPadding {
        parts.append("padding \(shape.padding.top),\(shape.padding.left) code \(instruction.paddingCode)")
      }
      if shape.groups > 1 { parts.append("groups \(shape.groups)") }
    }
    parts.append("weights \(instruction.weightType)")
    if shape.inputLimbs * shape.weightLimbs > 1 { parts.append("limbs \(shape.inputLimbs)x\(shape.weightLimbs)") }
    parts += [accumulator(instruction.accumulatorRange), printed(instruction.stage)]
    return parts.joined(separator: ", ")
  }

  private func printed(_ instruction: PoolInstruction) -> String {
    let geometry =
      "%\(instruction.input.index), window \(instruction.windowRows)x\(instruction.windowColumns),"
      + " stride \(instruction.strideRows)x\(instruction.strideColumns)"
      + ", padding \(instruction.paddingTop),\(instruction.paddingLeft)"
    switch instruction.kind {
    case .maximum:
      return "maximum \(geometry)"
    case .sum(let stages):
      let printedStages = stages.sorted { $0.key < $1.key }.map { pixels, stage in
        (stages.count == 1 ? "" : "of \(pixels) ") + printed(stage)
      }
      return (["window sum \(geometry)", accumulator(instruction.accumulatorRange)] + printedStages)
        .joined(separator: ", ")
    }
  }

  private func accumulator(_ range: ClosedRange<Int64>) -> String {
    "accumulator \(IntegerType.narrowestSigned(holding: range))"
  }

  private func printed(_ stage: OutputStage) -> String {
    switch stage {
    case .accumulator: "as it is"
    case .requantize(let requantization): "requantize \(requantization)"
    }
  }
}

extension Requantization: CustomStringConvertible {
  /// `M s13 S 18..21 floor, clamp -128..127`: the widest multiplier, the shifts of all channels.
  package var description: String {
    var multipliers: ClosedRange<Int64> = 0...0
    var shifts = Set<Int>()
    var rounds = Set<String>()
    var thresholds = Set<Int>()
    for channel in channels {
      switch channel {
      case .affine(let affine):
        multipliers =
          min(multipliers.lowerBound, affine.multiplier)...max(multipliers.upperBound, affine.multiplier)
        shifts.insert(affine.shift)
        rounds.insert(affine.rounding == .floor ? "floor" : "half even")
      case .table(let table):
        thresholds.insert(table.thresholds.count)
      }
    }
    var parts: [String] = []
    if !shifts.isEmpty {
      parts.append(
        "M \(IntegerType.narrowestSigned(holding: multipliers)) S \(span(shifts))"
          + " \(rounds.sorted().joined(separator: " and "))")
    }
    if !thresholds.isEmpty { parts.append("tables of \(span(thresholds)) thresholds") }
    return "\(parts.joined(separator: ", ")), clamp \(clamp.lowerBound)..\(clamp.upperBound)"
  }

  private func span(_ values: Set<Int>) -> String {
    let (lower, upper) = (values.min() ?? 0, values.max() ?? 0)
    return lower == upper ? "\(lower)" : "\(lower)..\(upper)"
  }
}

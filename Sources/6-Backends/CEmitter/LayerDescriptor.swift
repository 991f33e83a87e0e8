import IntegerProgram
import Numbers
import Schedule
import Targets
import Tiling

/// Writes the constants of a layer that runs on an engine: its `st_layer` and the arrays that it points to.
struct LayerDescriptor {
  private let layer: ScheduledLayer
  private let program: IntegerProgram
  private let storage: Storage
  private let registers: RegisterMap

  init(_ layer: ScheduledLayer, in schedule: Schedule, registers: RegisterMap) {
    self.layer = layer
    program = schedule.program
    storage = schedule.storage
    self.registers = registers
  }

  private var shape: LinearLayerShape { layer.shape }
  private var instruction: LinearInstruction { layer.instruction }

  func write(_ names: LayerNames, steps: LayerSteps, into constants: inout ConstantPool) {
    let prefix = names.prefix
    let weights = PackedWeights(layer)
    constants.weights(prefix + "weights", weights.words)
    let initial = constants.initial(prefix + "initial", instruction.initial)
    let parameters = RequantizationParameters(
      instruction.stage, prefix: prefix, range: instruction.accumulatorRange, constants: &constants)
    func numbers(_ name: String, _ values: [Int], _ type: String = "st_extent") -> String {
      values.isEmpty ? "0" : constants.array(prefix + name, type: type, values, for: .descriptors)
    }
    let words = words(parameters, fieldBits: weights.bits).map { "0x" + String($0, radix: 16) + "u" }
    let members = [
      "{" + words.joined(separator: ", ") + "}", initial, "{" + parameters.arrays.joined(separator: ", ") + "}",
      prefix + "weights", numbers("blocks", weights.offsets, "uint32_t"), numbers("rows", steps.rows),
      numbers("columns", steps.columns), numbers("outputs", steps.outputs), numbers("inputs", steps.inputs),
      numbers("row_windows", steps.rowWindows), numbers("column_windows", steps.columnWindows),
      numbers("kernel_rows", steps.kernelRows), numbers("kernel_columns", steps.kernelColumns),
      numbers("steps", steps.steps), "\(steps.count)", "\(steps.kernelRows.count)", "\(steps.kernelColumns.count)",
    ]
    let pointers = members.count - 5 + parameters.arrays.count
    constants.layer(
      names.descriptor, comment: comment, members, bytes: 4 * (words.count + pointers + 3))
  }

  /// The configuration, as the registers hold it.
  private func words(_ parameters: RequantizationParameters, fieldBits: Int) -> [UInt32] {
    let (input, output) = (storage[instruction.input], storage[instruction.output])
    var isFirst = false
    if case .input = input.place { isFirst = true }
    let isLast = program.outputs.contains { $0.tensor == instruction.output }
    let clamp: CodeRange =
      if case .requantize(let requantization) = instruction.stage { requantization.clamp } else { 0...0 }
    let tensor = program[instruction.output]
    let rectified = tensor.range.lowerBound >= tensor.encoding.zeroPoint
    let runs = layer.nest.width != nil
    var words: [String: UInt32] = [
      "LAYER": registers.word(
        "LAYER",
        [
          ("ENGINE", EngineKind.all.firstIndex(of: shape.engine) ?? 0), ("MODE", layer.mode.runtimeNumber),
          ("WIDE", layer.needsWideAccumulators ? 1 : 0), ("FIRST_LAYER", isFirst ? 1 : 0),
          ("LAST_LAYER", isLast ? 1 : 0), ("EN_RELU", rectified ? 1 : 0),
          ("INPUT_SIZE", input.type.bytes.trailingZeroBitCount),
          ("OUTPUT_SIZE", output.type.bytes.trailingZeroBitCount), ("FIELD_BITS", fieldBits),
          ("FORM", parameters.form),
        ]),
      "CONFIG1": registers.word(
        "CONFIG1", [("ACTIVATION_BITS", shape.activationBits), ("WEIGHT_BITS", shape.weightBits)]),
      "CONFIG2": registers.word("CONFIG2", [("OUTPUT_BITS", shape.outputBits)]),
      "PARAMETERS": registers.word(
        "PARAMETERS",
        parameters.kinds.enumerated().map { ("KIND_\($0.offset)", $0.element) } + [("STEPS", parameters.steps)]),
    ]
    for (name, number) in [
      ("INPUT_ROWS", shape.input.rows), ("INPUT_COLUMNS", shape.input.columns),
      ("INPUT_CHANNELS", shape.input.channels), ("OUTPUT_ROWS", shape.output.rows),
      ("OUTPUT_COLUMNS", shape.output.columns), ("OUTPUT_CHANNELS", shape.output.channels),
      ("OUTPUT_STEP", shape.channelMultiplier), ("STRIDE_ROWS", runs ? shape.stride.rows : 1),
      ("STRIDE_COLUMNS", runs ? shape.stride.columns : 1), ("RUN_WIDTH", layer.nest.width ?? 0),
    ] { words[name] = UInt32(number) }
    for (name, number) in [
      ("PADDING", instruction.paddingCode), ("LOWEST", clamp.lowerBound), ("HIGHEST", clamp.upperBound),
    ] {
      words[name + "_LOW"] = UInt32(truncatingIfNeeded: number)
      words[name + "_HIGH"] = UInt32(truncatingIfNeeded: number >> 32)
    }
    return registers.layerWords.map { register in
      guard let word = words[register.name] else { preconditionFailure("a layer says nothing of \(register.name)") }
      return word
    }
  }

  /// Name, geometry, mode and cuts.
  private var comment: String {
    var parts = ["\(shape.input) -> \(shape.output)"]
    if shape.engine.hasPixels {
      parts.append("kernel \(shape.kernel)")
      if shape.stride != .one { parts.append("stride \(shape.stride)") }
      if shape.dilation != .one { parts.append("dilation \(shape.dilation)") }
    }
    parts.append("mode \(layer.mode.name)")
    let tiles = layer.nest.tileCount
    let cuts = TilePlan(cutsOf: layer.nest).map { " (\($0))" } ?? ""
    parts.append("\(tiles) \(tiles == 1 ? "tile" : "tiles")\(cuts)")
    return Identifier.comment(layer.name) + ":\n * " + Identifier.comment(parts.joined(separator: ", "), limit: 400)
  }
}

extension ScheduledLayer {
  /// Limbs are summed modulo 2^64; a single pass needs what its accumulators need.
  var needsWideAccumulators: Bool {
    shape.inputLimbs * shape.weightLimbs > 1 || CodeType(holding: instruction.accumulatorRange).bytes > 4
  }
}

extension MultiplierMode {
  /// The runtime's number of the mode: `st_mode`.
  var runtimeNumber: Int {
    switch products {
    case 1: narrowBits > 8 ? 0 : 1
    case 2: narrowBits > 4 ? 2 : 3
    default: 4
    }
  }
}

import IntegerProgram
import Schedule
import Targets
import Tiling

/// The calls of the engine.
extension LinearWriter {
  func call(_ function: String, _ arguments: [EngineRuntime.Argument]) -> String {
    "st_\(runtime.symbol)_\(function)(\(arguments.map(expression).joined(separator: ", ")));"
  }

  private func expression(_ argument: EngineRuntime.Argument) -> String {
    switch argument {
    case .rows: "rows"
    case .columns: "columns"
    case .outputs: "outputs"
    case .initial: "\(initial) + first_output"
    case .initialStride: "\(shape.channelMultiplier)"
    case .window: nest.width == nil ? "map, &window" : "map, &run"
    case .inputChannels: "map + first_input"
    case .inputs: "inputs"
    case .limb: hasLimbs ? "input_limb" : "0"
    case .weights: "words"
    case .kernelRows: isGrid ? "part_rows[part_row]" : "1"
    case .kernelColumns: isGrid ? "part_columns[part_column]" : "1"
    case .operands: operands
    case .words: words
    case .weightBits: "\(weights.bits)"
    case .pass: "&pass"
    case .mode: layer.mode.runtimeName
    case .wide: layer.needsWideAccumulators ? "1" : "0"
    case .shift: hasLimbs ? "16 * (input_limb + weight_limb)" : "0"
    }
  }

  /// Operands that share words, of one output: input channels of a tap, or taps of a channel.
  private var operands: String {
    switch runtime.packs {
    case .inputChannels: "inputs"
    case .kernelTaps: isGrid ? "part_rows[part_row] * part_columns[part_column]" : "1"
    }
  }

  /// Words that each output reads in a pass.
  private var words: String {
    let lanes = layer.mode.products
    return lanes == 1 ? operands : "(\(operands) + \(lanes - 1)) / \(lanes)"
  }

  /// Brings the part's window of the feature map into the engine's input memory.
  var loadInput: [String] {
    guard runtime.load.contains(.window) else { return [call("load\(inputType.bits)", runtime.load)] }
    let limb = expression(.limb)
    if let width = nest.width {
      return [
        "const st_run run = {",
        "    \(shape.input.columns), \(shape.input.channels), \(shape.output.columns), \(shape.stride.rows), "
          + "\(shape.stride.columns),",
        "    first_pixel, pixels, \(width), first_input, inputs, \(limb)};",
        call("load_run\(inputType.bits)", runtime.load),
      ]
    }
    return [
      "const st_window window = {",
      "    \(shape.input.rows), \(shape.input.columns), \(shape.input.channels), row_window, column_window,",
      "    first_input, inputs, \(limb), \(Literal.integer(layer.instruction.paddingCode))};",
      call("load\(inputType.bits)", runtime.load),
    ]
  }

  /// Runs the engine over what its memories hold.
  var pass: [String] {
    guard runtime.run.contains(.pass) else { return [call("run", runtime.run)] }
    let end = "inputs, \(expression(.mode)), \(expression(.wide)), \(expression(.shift))};"
    let geometry =
      isGrid
      ? [
        "rows, columns, part_rows[part_row], part_columns[part_column], row_window.stride, column_window.stride,",
        "row_window.dilation, column_window.dilation, \(end)",
      ] : ["rows, columns, 1, 1, 1, 1, 1, 1, \(end)"]
    return ["{", "    const st_pass pass = {"] + geometry.map { "        " + $0 }
      + ["    \(call("run", runtime.run))", "}"]
  }

  /// Requantizes the finished accumulators and stores the codes.
  var store: [String] {
    let step = shape.channelMultiplier
    let macro = "ST_\(runtime.macro)_"
    func outputs(_ loop: [String], accumulator: String, target: String) -> [String] {
      loop + [
        "    if (o >= outputs) {",
        "        break;",
        "    }",
        "    const int channel = first_output + \(step == 1 ? "o" : "o * \(step)");",
        "    const int64_t accumulator = \(accumulator);",
        "    \(target)[channel] = (\(outputType.name))\(stage.code);",
        "}",
      ]
    }
    let loop = "for (int o = 0; o < \(macro)\(runtime.outputLimit); ++o) {"
    guard shape.engine.hasPixels else {
      return outputs([loop], accumulator: "st_\(runtime.symbol)_output[o]", target: "output")
    }
    let pixel: String
    var end = "c >= columns"
    if let width = nest.width {
      pixel = "first_pixel + r * \(width) + c"
      end += " || r * \(width) + c >= pixels"
    } else {
      pixel = "(first_row + r) * \(shape.output.columns) + first_column + c"
    }
    let body =
      ["\(outputType.name) *const pixel = output + (\(pixel)) * \(shape.output.channels);", "ST_LOOP_PIPELINE"]
      + outputs(
        [loop, "    ST_BODY_PIPELINE"], accumulator: "st_\(runtime.symbol)_output[r][c][o]", target: "pixel")
    return [
      "for (int r = 0; r < \(macro)OUTPUT_ROWS; ++r) {",
      "    if (r >= rows) {",
      "        break;",
      "    }",
      "    for (int c = 0; c < \(macro)OUTPUT_COLUMNS; ++c) {",
      "        if (\(end)) {",
      "            break;",
      "        }",
    ] + indented(indented(body)) + ["    }", "}"]
  }
}

extension ScheduledLayer {
  /// Limbs are summed modulo 2^64; a single pass needs what its accumulators need.
  var needsWideAccumulators: Bool {
    shape.inputLimbs * shape.weightLimbs > 1 || CodeType(holding: instruction.accumulatorRange).bytes > 4
  }
}

extension MultiplierMode {
  /// The runtime's name of the mode.
  var runtimeName: String {
    switch products {
    case 1: narrowBits > 8 ? "ST_16X16" : "ST_16X8"
    case 2: narrowBits > 4 ? "ST_8X8" : "ST_8X4"
    default: "ST_4X4"
    }
  }
}

import IntegerProgram
import Schedule
import Targets
import Tiling

/// The calls to the engine.
extension LinearWriter {
  /// Brings the part's window of the feature map into the engine's input memory.
  var load: [String] {
    let shape = layer.shape
    let mode = layer.mode.runtimeName
    switch (plan.spatial, shape.engine) {
    case (_, .fullyConnected):
      return ["st_fc_load\(inputType.bits)(map + first_input, inputs, \(inputLimb), \(mode));"]
    case (.grid, let kind):
      return [
        "const st_window window = {",
        "    \(shape.input.rows), \(shape.input.columns), \(shape.input.channels), row_window, column_window,",
        "    first_input, inputs, \(inputLimb), \(Literal.integer(layer.instruction.paddingCode))};",
        "st_\(engine)_load\(inputType.bits)(map, &window\(kind == .conv2D ? ", " + mode : ""));",
      ]
    case (.pixels(_, let width), let kind):
      return [
        "const st_run run = {",
        "    \(shape.input.columns), \(shape.input.channels), \(shape.output.columns), \(shape.stride.rows), "
          + "\(shape.stride.columns),",
        "    first_pixel, pixels, \(width), first_input, inputs, \(inputLimb)};",
        "st_\(engine)_load_run\(inputType.bits)(map, &run\(kind == .conv2D ? ", " + mode : ""));",
      ]
    }
  }

  /// Brings the part's block of weights, `words`, into the engine's weight memory.
  func loadWeights(isGrid: Bool) -> String {
    let extents = isGrid ? ("part_rows[part_row]", "part_columns[part_column]") : ("1", "1")
    let lanes = layer.mode.products
    func words(_ operands: String) -> String { lanes == 1 ? operands : "(\(operands) + \(lanes - 1)) / \(lanes)" }
    switch layer.shape.engine {
    case .conv2D:
      return "st_conv2d_weights(words, \(extents.0), \(extents.1), \(words("inputs")), outputs);"
    case .depthwise:
      return "st_dwconv_weights(words, \(words(isGrid ? "\(extents.0) * \(extents.1)" : "1")), outputs);"
    case .fullyConnected:
      return "st_fc_weights(words, \(words("inputs")), outputs);"
    }
  }

  /// Runs the engine over what its memories hold.
  func pass(isGrid: Bool) -> [String] {
    let mode = layer.mode.runtimeName
    let wide = layer.needsWideAccumulators ? "1" : "0"
    let shift = plan.inputLimbs * plan.weightLimbs > 1 ? "16 * (input_limb + weight_limb)" : "0"
    if layer.shape.engine == .fullyConnected {
      let lanes = layer.mode.products
      let words = lanes == 1 ? "inputs" : "(inputs + \(lanes - 1)) / \(lanes)"
      return ["st_fc_run(\(words), \(mode), \(wide), \(shift));"]
    }
    let geometry =
      isGrid
      ? [
        "    rows, columns, part_rows[part_row], part_columns[part_column], row_window.stride, column_window.stride,",
        "    row_window.dilation, column_window.dilation, inputs, \(mode), \(wide), \(shift)};",
      ] : ["    rows, columns, 1, 1, 1, 1, 1, 1, inputs, \(mode), \(wide), \(shift)};"]
    return ["{", "    const st_pass pass = {"] + geometry.map { "    " + $0 }
      + ["    st_\(engine)_run(&pass);", "}"]
  }

  /// Requantizes the finished accumulators and stores the codes.
  func store(_ stage: RequantizationWriter) -> [String] {
    let channels = layer.shape.output.channels
    let step = layer.shape.channelMultiplier
    let channel = "const int channel = first_output + \(step == 1 ? "o" : "o * \(step)");"
    func code(_ target: String) -> String {
      "\(target)[channel] = (\(outputType.name))\(stage.code("accumulator", "channel"));"
    }
    if layer.shape.engine == .fullyConnected {
      return [
        "for (int o = 0; o < ST_FC_OUTPUTS; ++o) {",
        "    if (o >= outputs) {",
        "        break;",
        "    }",
        "    \(channel)",
        "    const int64_t accumulator = st_fc_output[o];",
        "    \(code("output"))",
        "}",
      ]
    }
    let macro = "ST_" + Identifier.upperCased(engine)
    let outputs = engine == "conv2d" ? macro + "_OUTPUT_CHANNELS" : macro + "_CHANNELS"
    let pixel: String
    var end = "c >= columns"
    switch plan.spatial {
    case .grid: pixel = "(first_row + r) * \(layer.shape.output.columns) + first_column + c"
    case .pixels(_, let width):
      pixel = "first_pixel + r * \(width) + c"
      end += " || r * \(width) + c >= pixels"
    }
    return [
      "for (int r = 0; r < \(macro)_OUTPUT_ROWS; ++r) {",
      "    if (r >= rows) {",
      "        break;",
      "    }",
      "    for (int c = 0; c < \(macro)_OUTPUT_COLUMNS; ++c) {",
      "        if (\(end)) {",
      "            break;",
      "        }",
      "        \(outputType.name) *const pixel = output + (\(pixel)) * \(channels);",
      "        ST_LOOP_PIPELINE",
      "        for (int o = 0; o < \(outputs); ++o) {",
      "            ST_BODY_PIPELINE",
      "            if (o >= outputs) {",
      "                break;",
      "            }",
      "            \(channel)",
      "            const int64_t accumulator = st_\(engine)_output[r][c][o];",
      "            \(code("pixel"))",
      "        }",
      "    }",
      "}",
    ]
  }
}

extension ScheduledLayer {
  /// Limbs are summed modulo 2^64; a single pass needs what its accumulators need.
  var needsWideAccumulators: Bool {
    plan.inputLimbs * plan.weightLimbs > 1 || CodeType(holding: instruction.accumulatorRange).bytes > 4
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

import IntegerProgram
import Targets
import Tiling

/// Writes a linear layer: tables of its tile plan, and the loops that run the plan on an engine.
struct LinearWriter {
  private let layer: LinearInstruction
  private let names: LayerNames
  private let inputType: CodeType
  private let outputType: CodeType
  private let engine: String
  /// Turns of the outer and inner loop over channels, and what they are called.
  private let turns: (outer: Int, inner: Int)
  private let inputRanges: [Range<Int>]
  private let plan: TilePlan

  init(_ layer: LinearInstruction, names: LayerNames, inputType: CodeType, outputType: CodeType) {
    self.layer = layer
    self.names = names
    self.inputType = inputType
    self.outputType = outputType
    plan = layer.plan
    switch layer.shape.engine {
    case .conv2D: engine = "conv2d"
    case .depthwise: engine = "dwconv"
    case .fullyConnected: engine = "fc"
    }
    switch layer.plan.channels {
    case .dense(let groups, let inputs, let outputs):
      turns = (groups, outputs.count)
      inputRanges = inputs
    case .depthwise(let channels, let multiplier):
      turns = (channels.count, multiplier)
      inputRanges = [0..<1]
    }
  }

  func write(into text: inout SourceText, constants: inout ConstantPool) {
    let weights = PackedWeights(layer)
    constants.array(names.prefix + "weights", type: "uint16_t", weights.words)
    constants.array(names.prefix + "initial", type: "st_accumulator", layer.initial)
    let stage = RequantizationWriter(
      layer.stage, prefix: names.prefix, range: layer.accumulatorRange, constants: &constants)
    text.line("/* \(comment) */")
    text.line("static void \(names.function)(")
    text.line("    const \(inputType.name) map[\(layer.shape.input.elements)],")
    text.line("    \(outputType.name) output[\(layer.shape.output.elements)])")
    text.line("{")
    writeTables(offsets: weights.offsets, into: &text)
    text.line("    int loaded_input = -1;")
    text.line("    int loaded_weights = -1;")
    let loops = loops
    for (depth, loop) in loops.enumerated() { text.write(indented([loop + " {"], 4 * (depth + 1))) }
    text.write(indented(tileStart + reduction + store(stage), 16))
    for depth in loops.indices.reversed() { text.write(indented(["}"], 4 * (depth + 1))) }
    text.line("}\n")
  }

  /// The loops around a reduction, outermost first.
  private var loops: [String] {
    let block = "for (int block = 0; block < \(plan.blockCount); ++block)"
    let outer = "for (int outer = 0; outer < \(turns.outer); ++outer)"
    let inner = "for (int inner = 0; inner < \(turns.inner); ++inner)"
    return plan.order == .blocksOutermost ? [block, outer, inner] : [outer, inner, block]
  }

  /// Name, geometry, mode and plan.
  private var comment: String {
    let shape = layer.shape
    var parts = ["\(shape.input) -> \(shape.output)"]
    if shape.engine != .fullyConnected {
      parts.append("kernel \(shape.kernel)")
      if shape.stride != .one { parts.append("stride \(shape.stride)") }
      if shape.dilation != .one { parts.append("dilation \(shape.dilation)") }
    }
    parts.append("mode \(layer.mode.name)")
    parts.append("\(plan.tileCount) \(plan.tileCount == 1 ? "tile" : "tiles") (\(plan))")
    return Identifier.comment(layer.name) + ":\n * " + Identifier.comment(parts.joined(separator: ", "), limit: 400)
  }

  // MARK: Tables

  private func writeTables(offsets: [Int], into text: inout SourceText) {
    switch plan.spatial {
    case .pixels(let runs, _):
      text.line(table("int", "runs", [runs.count, 2], runs.map { "{\($0.lowerBound), \($0.count)}" }))
    case .grid(let rows, let columns) where layer.shape.engine != .fullyConnected:
      text.line("    /* first and count of output pixels; their windows by kernel part */")
      text.line(table("int", "row_ranges", [rows.count, 2], rows.map { "{\($0.lowerBound), \($0.count)}" }))
      text.line(table("int", "column_ranges", [columns.count, 2], columns.map { "{\($0.lowerBound), \($0.count)}" }))
      let shape = layer.shape
      text.line(
        windows("row_windows", rows, plan.kernelRows, shape.stride.rows, shape.dilation.rows, shape.padding.top))
      text.line(
        windows(
          "column_windows", columns, plan.kernelColumns, shape.stride.columns, shape.dilation.columns,
          shape.padding.left))
      text.line(table("int", "part_rows", [plan.kernelRows.count], plan.kernelRows.map { "\($0.count)" }))
      text.line(table("int", "part_columns", [plan.kernelColumns.count], plan.kernelColumns.map { "\($0.count)" }))
    case .grid: break
    }
    switch plan.channels {
    case .dense(_, let inputs, let outputs):
      text.line("    /* first and count of channels in a group */")
      text.line(table("int", "input_ranges", [inputs.count, 2], inputs.map { "{\($0.lowerBound), \($0.count)}" }))
      text.line(table("int", "output_ranges", [outputs.count, 2], outputs.map { "{\($0.lowerBound), \($0.count)}" }))
    case .depthwise(let channels, _):
      text.line("    /* first and count of input channels */")
      text.line(table("int", "input_ranges", [channels.count, 2], channels.map { "{\($0.lowerBound), \($0.count)}" }))
    }
    text.line(table("int", "weight_offsets", [offsets.count], offsets.map { "\($0)" }))
  }

  private func table(_ type: String, _ name: String, _ extents: [Int], _ rows: [String]) -> String {
    let suffix = extents.map { "[\($0)]" }.joined()
    var text = "    static const \(type) \(name)\(suffix) = {"
    var column = text.utf8.count
    for (index, row) in rows.enumerated() {
      if column + row.utf8.count > 110 {
        text += "\n        "
        column = 8
      }
      text += row + (index + 1 < rows.count ? ", " : "")
      column += row.utf8.count + 2
    }
    return text + "};"
  }

  private func windows(
    _ name: String, _ ranges: [Range<Int>], _ parts: [KernelPart], _ stride: Int, _ dilation: Int, _ padding: Int
  ) -> String {
    let rows = ranges.map { range in
      let windows = parts.map { part in
        let window = AxisWindow(outputs: range, part: part, stride: stride, dilation: dilation, padding: padding)
        return "{\(window.first), \(window.step), \(window.count), \(window.stride), \(window.dilation)}"
      }
      return "{" + windows.joined(separator: ", ") + "}"
    }
    return table("st_axis", name, [ranges.count, parts.count], rows)
  }

  // MARK: Loops

  /// What a block and a turn over channels are, and the start of their accumulation.
  private var tileStart: [String] {
    var lines: [String] = []
    switch plan.spatial {
    case .pixels(_, let width):
      lines.append("const int first_pixel = runs[block][0];")
      lines.append("const int pixels = runs[block][1];")
      lines.append("const int rows = (pixels + \(width - 1)) / \(width);")
      lines.append("const int columns = pixels < \(width) ? pixels : \(width);")
    case .grid(_, let columnRanges) where layer.shape.engine != .fullyConnected:
      let count = columnRanges.count
      lines.append("const int row_range = \(count == 1 ? "block" : "block / \(count)");")
      lines.append("const int column_range = \(count == 1 ? "0" : "block % \(count)");")
      lines.append("const int first_row = row_ranges[row_range][0];")
      lines.append("const int first_column = column_ranges[column_range][0];")
      lines.append("const int rows = row_ranges[row_range][1];")
      lines.append("const int columns = column_ranges[column_range][1];")
    case .grid: break
    }
    switch plan.channels {
    case .dense(let groups, _, _):
      let perGroup = layer.shape.output.channels / groups
      lines.append(
        "const int first_output = \(groups == 1 ? "" : "outer * \(perGroup) + ")output_ranges[inner][0];")
      lines.append("const int outputs = output_ranges[inner][1];")
    case .depthwise(_, let multiplier):
      lines.append("const int first_output = input_ranges[outer][0] * \(multiplier) + inner;")
      lines.append("const int outputs = input_ranges[outer][1];")
    }
    let initial = "\(names.prefix)initial + first_output"
    switch layer.shape.engine {
    case .conv2D: lines.append("st_conv2d_begin(rows, columns, \(initial), outputs);")
    case .depthwise:
      lines.append("st_dwconv_begin(rows, columns, \(initial), \(layer.shape.channelMultiplier), outputs);")
    case .fullyConnected: lines.append("st_fc_begin(\(initial), outputs);")
    }
    return lines
  }

  /// The tiles of one accumulation: which part each is, what it loads, and its pass.
  private var reduction: [String] {
    let limbs = plan.inputLimbs * plan.weightLimbs
    let steps = plan.reductionCount
    let turn = plan.order == .blocksOutermost ? "inner" : "block"
    let columnParts = plan.kernelColumns.count
    let inputBlocks = steps / plan.weightLimbs
    let weightBlocks = steps / plan.inputLimbs
    var lines = [
      "for (int step = 0; step < \(steps); ++step) {",
      "    const int part = \(steps == 1 ? "step" : "\(turn) % 2 == 0 ? step : \(steps - 1) - step");",
    ]
    if limbs > 1 {
      lines.append("    const int weight_limb = \(digit(1, plan.weightLimbs));")
      lines.append("    const int input_limb = \(digit(plan.weightLimbs, plan.inputLimbs));")
    }
    let inputRange = digit(limbs, inputRanges.count)
    let columnPart = digit(limbs * inputRanges.count, columnParts)
    let rowPart = digit(limbs * inputRanges.count * columnParts, plan.kernelRows.count)
    switch plan.channels {
    case .dense(let groups, _, _):
      let perGroup = layer.shape.reducedChannels
      lines.append("    const int input_range = \(inputRange);")
      lines.append(
        "    const int first_input = \(groups == 1 ? "" : "outer * \(perGroup) + ")input_ranges[input_range][0];")
      lines.append("    const int inputs = input_ranges[input_range][1];")
    case .depthwise:
      lines.append("    const int first_input = input_ranges[outer][0];")
      lines.append("    const int inputs = outputs;")
    }
    let isGrid = if case .grid = plan.spatial { layer.shape.engine != .fullyConnected } else { false }
    if isGrid {
      lines.append("    const int part_row = \(rowPart);")
      lines.append("    const int part_column = \(columnPart);")
      lines.append("    const st_axis row_window = row_windows[row_range][part_row];")
      lines.append("    const st_axis column_window = column_windows[column_range][part_column];")
    }
    let block = turns.outer == 1 ? "block" : "(block * \(turns.outer) + outer)"
    let inputPart = plan.weightLimbs == 1 ? "part" : "part / \(plan.weightLimbs)"
    lines.append("    const int input_block = \(block) * \(inputBlocks) + \(inputPart);")
    let channelTurn = turns.outer == 1 ? "inner" : "(outer * \(turns.inner) + inner)"
    let weightPart =
      limbs == 1 ? "part" : "part / \(limbs) * \(plan.weightLimbs) + weight_limb"
    lines.append("    const int weight_block = \(channelTurn) * \(weightBlocks) + \(weightPart);")
    lines.append("    if (input_block != loaded_input) {")
    lines.append(contentsOf: load.map { "        " + $0 })
    lines.append("        loaded_input = input_block;")
    lines.append("    }")
    lines.append("    if (weight_block != loaded_weights) {")
    lines.append("        const uint16_t *const words = \(names.prefix)weights + weight_offsets[weight_block];")
    lines.append("        \(loadWeights(isGrid: isGrid))")
    lines.append("        loaded_weights = weight_block;")
    lines.append("    }")
    lines.append(contentsOf: pass(isGrid: isGrid).map { "    " + $0 })
    lines.append("}")
    return lines
  }

  /// Digit of `part` over a loop of `base` turns around `below` inner ones.
  private func digit(_ below: Int, _ base: Int) -> String {
    if base == 1 { return "0" }
    return below == 1 ? "part % \(base)" : "part / \(below) % \(base)"
  }

  private var inputLimb: String { plan.inputLimbs * plan.weightLimbs > 1 ? "input_limb" : "0" }

  private var load: [String] {
    let shape = layer.shape
    let mode = layer.mode.runtimeName
    switch (plan.spatial, shape.engine) {
    case (_, .fullyConnected):
      return ["st_fc_load\(inputType.bits)(map + first_input, inputs, \(inputLimb), \(mode));"]
    case (.grid, let kind):
      return [
        "const st_window window = {",
        "    \(shape.input.rows), \(shape.input.columns), \(shape.input.channels), row_window, column_window,",
        "    first_input, inputs, \(inputLimb), \(Literal.integer(layer.paddingCode))};",
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

  private func loadWeights(isGrid: Bool) -> String {
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

  private func pass(isGrid: Bool) -> [String] {
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
  private func store(_ stage: RequantizationWriter) -> [String] {
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

  private func indented(_ lines: [String], _ columns: Int) -> String {
    let margin = String(repeating: " ", count: columns)
    return lines.map { margin + $0 + "\n" }.joined()
  }
}

extension LinearInstruction {
  /// Limbs are summed modulo 2^64; a single pass needs what its accumulators need.
  var needsWideAccumulators: Bool {
    plan.inputLimbs * plan.weightLimbs > 1 || CodeType(holding: accumulatorRange).bytes > 4
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

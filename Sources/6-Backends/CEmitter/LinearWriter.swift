import IntegerProgram
import Schedule
import Targets
import Tiling

/// Writes a linear layer: tables of its tile plan, and the loops that run the plan on an engine.
struct LinearWriter {
  let layer: ScheduledLayer
  let names: LayerNames
  let inputType: CodeType
  let outputType: CodeType
  let engine: String
  /// Turns of the outer and inner loop over channels, and what they are called.
  let turns: (outer: Int, inner: Int)
  let inputRanges: [Range<Int>]
  let plan: TilePlan

  init(_ layer: ScheduledLayer, names: LayerNames, inputType: CodeType, outputType: CodeType) {
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
    constants.array(names.prefix + "initial", type: "st_accumulator", layer.instruction.initial)
    let stage = RequantizationWriter(
      layer.instruction.stage, prefix: names.prefix, range: layer.instruction.accumulatorRange, constants: &constants)
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

  var inputLimb: String { plan.inputLimbs * plan.weightLimbs > 1 ? "input_limb" : "0" }

  private func indented(_ lines: [String], _ columns: Int) -> String {
    let margin = String(repeating: " ", count: columns)
    return lines.map { margin + $0 + "\n" }.joined()
  }
}

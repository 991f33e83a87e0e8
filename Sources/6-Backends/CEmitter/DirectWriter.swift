import IntegerProgram
import Numbers
import Schedule
import Tiling

/// Writes a linear layer for a processor: loops over output pixels, weights read as they are stored, accumulators requantized where
/// they are summed.
struct DirectWriter {
  private let layer: LinearInstruction
  private let names: LayerNames
  private let inputType: CodeType
  private let outputType: CodeType
  private let kernel: DirectKernel
  private let stage: RequantizationWriter
  /// What a sum is added to, of the variable `channel`: `(uint32_t)initial[channel] + `. (gcc 12 warns where it stands behind.)
  private let start: String
  /// Lines before the loops, and the weights' name in them.
  private var preparation: [String] = []
  private let weights: String

  init(
    _ layer: LinearInstruction, in program: IntegerProgram, names: LayerNames, inputType: CodeType,
    outputType: CodeType,
    constants: inout ConstantPool
  ) {
    self.layer = layer
    self.names = names
    self.inputType = inputType
    self.outputType = outputType
    kernel = DirectKernel(layer, in: program)
    weights = names.prefix + "weights"
    let initial = constants.perChannel(names.prefix + "initial", layer.initial, for: .initial)
    if let same = PerChannel(layer.initial).uniform {
      let bits = UInt64(truncatingIfNeeded: same) & (.max >> UInt64(64 - kernel.sumBits))
      start = bits == 0 ? "" : "\(bits)u + "
    } else {
      start = "(uint\(kernel.sumBits)_t)\(initial) + "
    }
    stage = RequantizationWriter(
      layer.stage, prefix: names.prefix, range: kernel.accumulators, constants: &constants)
    let bits = layer.weightType.bits
    switch kernel.form {
    case .dot: constants.weights(weights, type: "uint32_t", FieldPlanes(layer).words)
    case .depthwise(let stored) where stored == bits:
      constants.weights(weights, type: "int\(bits)_t", layer.weights.widened)
    case .depthwise(let stored):
      constants.weights(weights, PackedFields(layer.weights, bits: bits).words)
      preparation = [
        "int\(stored)_t weights[\(layer.weights.count)];", "st_fields fields = {\(weights), 0, 0};",
        "for (int i = 0; i < \(layer.weights.count); ++i) {",
        "    weights[i] = (int\(stored)_t)st_next_field(&fields, \(bits));", "}",
      ]
    case .plain: constants.weights(weights, type: CodeType(holding: layer.weightRange).name, layer.weights.widened)
    }
  }

  private var shape: LinearLayerShape { layer.shape }
  private var operands: Int { layer.weights.count / shape.output.channels }
  private var hasExcess: Bool { FieldPlanes.excess(bits: layer.weightType.bits) > 0 }
  private var isUnpacked: Bool { !preparation.isEmpty }

  func write(into text: inout SourceText) {
    text.line("/* \(comment) */")
    text.line("static void \(names.function)(")
    text.line("    const \(inputType.name) map[\(shape.input.elements)],")
    text.line("    \(outputType.name) output[\(shape.output.elements)])")
    text.line("{")
    for line in lines { text.line("    " + line) }
    text.line("}\n")
  }

  private var lines: [String] {
    switch kernel.form {
    case .dot(let planes): dot(planes)
    case .depthwise: depthwise
    case .plain: plain
    }
  }

  // MARK: Windows and their products

  private func dot(_ planes: [FieldPlanes.Plane]) -> [String] {
    let fields = planes.map { 32 / $0.bits }.max() ?? 1
    let room = (operands + fields - 1) / fields * fields
    let perGroup = shape.output.channels / layer.groups
    let channels = shape.reducedChannels
    var body = ["st_window\(kernel.mapBits)(map, &view, \(row("r")), \(column("c")), window);"]
    if hasExcess {
      let shift = layer.weightType.bits - 1
      body.append("const uint\(kernel.sumBits)_t excess = st_total\(kernel.sumBits)(window, \(room / 2)) << \(shift);")
    }
    for (count, range) in [(4, 0..<perGroup / 4 * 4), (1, perGroup / 4 * 4..<perGroup)] where !range.isEmpty {
      body += outputs(range, count, planes)
    }
    if layer.groups > 1 {
      body =
        ["for (int group = 0; group < \(layer.groups); ++group) {", "    view.first_channel = group * \(channels);"]
        + indented(body) + ["}"]
    }
    return [
      "\(layer.groups > 1 ? "" : "static const ")st_view view = {",
      "    \(shape.input.rows), \(shape.input.columns), \(shape.input.channels), \(shape.kernel.rows), \(shape.kernel.columns),",
      "    \(shape.dilation.rows), \(shape.dilation.columns), 0, \(channels), \(Literal.integer(layer.paddingCode))};",
      "int16_t window[\(room)] = {0};",
    ] + pixels(["const uint32_t *words = \(weights);"] + body)
  }

  /// Outputs of a group, `count` at a time.
  private func outputs(_ range: Range<Int>, _ count: Int, _ planes: [FieldPlanes.Plane]) -> [String] {
    let sum = "uint\(kernel.sumBits)_t"
    let group = layer.groups > 1 ? "group * \(shape.output.channels / layer.groups) + " : ""
    let calls = planes.map {
      "words = st_dot\($0.bits)_\(kernel.sumBits)(window, words, \($0.words(operands)), \(count), \($0.shift), sums);"
    }
    let store = [
      "const int channel = \(group)first\(count == 1 ? "" : " + o");",
      accumulator("sums[\(count == 1 ? "0" : "o")]" + (hasExcess ? " - excess" : "")), pixelStore,
    ]
    return ["for (int first = \(range.lowerBound); first < \(range.upperBound); first += \(count)) {"]
      + indented(
        ["\(sum) sums[\(count)] = {0};"] + calls
          + (count == 1 ? store : ["for (int o = 0; o < \(count); ++o) {"] + indented(store) + ["}"]))
      + ["}"]
  }

  // MARK: Depthwise

  private var depthwise: [String] {
    let channels = shape.input.channels
    var before: [String] = preparation
    var inside = ""
    if shape.readsPadding {
      before += [
        "\(inputType.name) outside[\(channels)];", "for (int i = 0; i < \(channels); ++i) {",
        "    outside[i] = (\(inputType.name))\(Literal.integer(layer.paddingCode));", "}",
      ]
      inside =
        "((row < 0) || (row >= \(shape.input.rows)) || (column < 0) || (column >= \(shape.input.columns))) ? outside : "
    }
    let tapCount = shape.kernel.rows * shape.kernel.columns
    let functions = kernel.functions.map { "st_" + $0 }
    before += ["const \(inputType.name) *taps[\(tapCount)];", "uint\(kernel.sumBits)_t sums[\(channels)];"]
    return before
      + pixels(
        taps(
          [
            "taps[kr * \(shape.kernel.columns) + kc] =",
            "    \(inside)&map[(row * \(shape.input.columns) + column) * \(channels)];",
          ])
          + functions.map { "\($0)(taps, \(isUnpacked ? "weights" : weights), \(tapCount), \(channels), sums);" }
          + ["for (int channel = 0; channel < \(channels); ++channel) {"]
          + indented([accumulator("sums[channel]"), pixelStore]) + ["}"])
  }

  // MARK: Loops over numbers of any width

  private var plain: [String] {
    let reduced = shape.reducedChannels
    let perGroup = shape.output.channels / layer.groups
    let first = layer.groups > 1 ? "channel / \(perGroup) * \(reduced) + " : ""
    let inside =
      "((row >= 0) && (row < \(shape.input.rows)) && (column >= 0) && (column < \(shape.input.columns)))"
    let code = "map[(row * \(shape.input.columns) + column) * \(shape.input.channels) + \(first)i]"
    return pixels(
      ["for (int channel = 0; channel < \(shape.output.channels); ++channel) {"]
        + indented(
          ["uint64_t sum = 0;"]
            + taps([
              "for (int i = 0; i < \(reduced); ++i) {",
              "    const int operand = (kr * \(shape.kernel.columns) + kc) * \(reduced) + i;",
              "    const int64_t code = "
                + (shape.readsPadding ? "\(inside) ? \(code) : \(Literal.integer(layer.paddingCode));" : "\(code);"),
              "    sum += (uint64_t)code * (uint64_t)(int64_t)\(weights)[operand * \(shape.output.channels) + channel];",
              "}",
            ]) + [accumulator("sum"), pixelStore]) + ["}"])
  }

  // MARK: Parts of all forms

  /// Loops over output pixels.
  private func pixels(_ body: [String]) -> [String] {
    ["for (int r = 0; r < \(shape.output.rows); ++r) {", "    for (int c = 0; c < \(shape.output.columns); ++c) {"]
      + indented(
        indented(
          [
            "\(outputType.name) *const pixel = &output[(r * \(shape.output.columns) + c) * \(shape.output.channels)];"
          ] + body)) + ["    }", "}"]
  }

  /// Loops over the pixels that an output pixel reads.
  private func taps(_ body: [String]) -> [String] {
    [
      "for (int kr = 0; kr < \(shape.kernel.rows); ++kr) {",
      "    const int row = \(row("r")) + kr * \(shape.dilation.rows);",
      "    for (int kc = 0; kc < \(shape.kernel.columns); ++kc) {",
      "        const int column = \(column("c")) + kc * \(shape.dilation.columns);",
    ] + indented(indented(body)) + ["    }", "}"]
  }

  private func row(_ output: String) -> String { "\(output) * \(shape.stride.rows) - \(shape.padding.top)" }
  private func column(_ output: String) -> String { "\(output) * \(shape.stride.columns) - \(shape.padding.left)" }

  private func accumulator(_ sum: String) -> String {
    let bits = kernel.sumBits
    return "const int\(bits)_t accumulator = st_signed\(bits)(\(start)\(sum));"
  }

  private var pixelStore: String { "pixel[channel] = (\(outputType.name))\(stage.code);" }

  private var comment: String {
    var parts = ["\(shape.input) -> \(shape.output)"]
    if shape.engine.hasPixels { parts.append("kernel \(shape.kernel)") }
    parts.append("\(layer.weightType.bits)-bit weights")
    return Identifier.comment(layer.name) + ": " + Identifier.comment(parts.joined(separator: ", "), limit: 400)
  }
}

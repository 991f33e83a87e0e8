import IntegerProgram
import Schedule
import Targets
import Tiling

/// Writes a linear layer: tables of its cuts, and its nest as loops around calls of an engine.
struct LinearWriter {
  let layer: ScheduledLayer
  let names: LayerNames
  let inputType: CodeType
  let outputType: CodeType
  let stage: RequantizationWriter
  let weights: PackedWeights
  /// The name of the array of initial accumulators.
  let initial: String

  init(
    _ layer: ScheduledLayer, names: LayerNames, inputType: CodeType, outputType: CodeType,
    constants: inout ConstantPool
  ) {
    self.layer = layer
    self.names = names
    self.inputType = inputType
    self.outputType = outputType
    weights = PackedWeights(layer)
    constants.weights(names.prefix + "weights", weights.words)
    initial = constants.initial(names.prefix + "initial", layer.instruction.initial)
    stage = RequantizationWriter(
      layer.instruction.stage, prefix: names.prefix, range: layer.instruction.accumulatorRange, constants: &constants)
  }

  var shape: LinearLayerShape { layer.shape }
  var nest: TileNest { layer.nest }
  var runtime: EngineRuntime { layer.shape.engine.runtime }
  /// Whether tiles are windows of rows and columns: neither runs of pixels nor one pixel alone.
  var isGrid: Bool { layer.shape.engine.hasPixels && layer.nest.width == nil }
  var hasLimbs: Bool { layer.shape.inputLimbs * layer.shape.weightLimbs > 1 }

  func write(into text: inout SourceText) {
    text.line("/* \(comment) */")
    text.line("static void \(names.function)(")
    text.line("    const \(inputType.name) map[\(shape.input.elements)],")
    text.line("    \(outputType.name) output[\(shape.output.elements)])")
    text.line("{")
    writeTables(into: &text)
    text.line("    int loaded_input = -1;")
    text.line("    int loaded_weights = -1;")
    for line in lines(nest.body, LoopScope(), known: []) { text.line("    " + line) }
    text.line("}\n")
  }

  /// - Parameter known: axes whose slices are defined around.
  private func lines(_ nodes: [TileNode], _ scope: LoopScope, known: Set<TileAxis>) -> [String] {
    var lines: [String] = []
    var known = known
    for node in nodes {
      switch node {
      case .loop(let loop):
        lines.append("for (int \(loop.name) = 0; \(loop.name) < \(loop.count); ++\(loop.name)) {")
        if loop.alternates, loop.count > 1 {
          let turn = scope.turn ?? "0"
          lines.append(
            "    const int \(loop.position) = \(turn) % 2 == 0 ? \(loop.name) : \(loop.count - 1) - \(loop.name);")
        }
        lines += indented(self.lines(loop.body, scope.entering(loop), known: known))
        lines.append("}")
      case .command(let command):
        // Slices are defined where the engine is first told of them.
        for cut in scope.loops.flatMap(\.cuts) where known.insert(cut.axis).inserted {
          lines += definition(of: cut.axis, scope)
        }
        lines += call(command, scope)
      }
    }
    return lines
  }

  private func call(_ command: TileCommand, _ scope: LoopScope) -> [String] {
    switch command {
    case .begin: [call("begin", runtime.begin)]
    case .load(.input): load("input", scope.number(of: .input), loadInput)
    case .load(.weights):
      load(
        "weights", scope.number(of: .weights),
        [
          "const uint16_t *const words = \(names.prefix)weights + weight_offsets[weights_block];",
          call("weights", runtime.weights),
        ])
    case .pass: pass
    case .store: store
    }
  }

  /// Loads what is not in the memory.
  private func load(_ operand: String, _ number: IndexExpression, _ lines: [String]) -> [String] {
    [
      "const int \(operand)_block = \(number.text);",
      "if (\(operand)_block != loaded_\(operand)) {",
    ] + indented(lines) + ["    loaded_\(operand) = \(operand)_block;", "}"]
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
    let tiles = nest.tileCount
    let cuts = TilePlan(cutsOf: nest).map { " (\($0))" } ?? ""
    parts.append("\(tiles) \(tiles == 1 ? "tile" : "tiles")\(cuts)")
    return Identifier.comment(layer.name) + ":\n * " + Identifier.comment(parts.joined(separator: ", "), limit: 400)
  }
}

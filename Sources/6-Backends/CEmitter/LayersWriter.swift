import IntegerProgram
import Schedule

/// Writes the network's source file: a function for every instruction, the arenas, and the function that calls them all.
struct LayersWriter {
  private let schedule: Schedule
  private var program: IntegerProgram { schedule.program }
  private let storage: Storage
  private let name: String

  init(_ schedule: Schedule, storage: Storage, name: String) {
    self.schedule = schedule
    self.storage = storage
    self.name = name
  }

  func text(constants: inout ConstantPool) -> SourceText {
    var functions = SourceText()
    var calls = SourceText()
    var traced = 0
    for (index, instruction) in program.instructions.enumerated() {
      let names = LayerNames(index: index, name: instruction.name, network: name)
      guard write(instruction, schedule.steps[index], names, into: &functions, constants: &constants) else { continue }
      let arguments = (instruction.inputs + [instruction.output]).map(expression).joined(separator: ", ")
      calls.line("    \(names.function)(\(arguments));")
      calls.line("    TRACE(\(traced), \(expression(instruction.output)))")
      traced += 1
    }
    var text = SourceText("#include \"\(name).h\"\n\n#include \"constants.h\"\n#include \"st_arithmetic.h\"\n\n")
    writeArenas(into: &text)
    writeTrace(into: &text)
    text.append(functions)
    text.line("void \(name)_run(\(InterfaceWriter(program, storage: storage, name: name).parameters))")
    text.line("{")
    text.append(calls)
    for (index, output) in program.outputs.enumerated() {
      text.line("    for (int i = 0; i < \(program[output.tensor].shape.elements); ++i) {")
      text.line(
        "        output\(program.outputs.count == 1 ? "" : "_\(index)")[i] = (\(expression(output.tensor)))[i];")
      text.line("    }")
    }
    text.line("}")
    return text
  }

  /// Returns false where the instruction is no work.
  private func write(
    _ instruction: Instruction, _ step: ScheduleStep, _ names: LayerNames, into text: inout SourceText,
    constants: inout ConstantPool
  ) -> Bool {
    let host = HostWriter(program: program, storage: storage, names: names)
    switch instruction {
    case .linear(let layer):
      guard case .engine(let tiles) = step else {
        DirectWriter(
          layer, in: program, names: names, inputType: storage[layer.input].type,
          outputType: storage[layer.output].type,
          constants: &constants
        ).write(into: &text)
        return true
      }
      LinearWriter(
        ScheduledLayer(instruction: layer, tiles: tiles), names: names, inputType: storage[layer.input].type,
        outputType: storage[layer.output].type, constants: &constants
      ).write(into: &text)
    case .sum(let sum): host.write(sum, into: &text, constants: &constants)
    case .pool(let pool): host.write(pool, into: &text, constants: &constants)
    case .requantize(let step): host.write(step, into: &text, constants: &constants)
    case .concatenate(let concatenation): host.write(concatenation, into: &text)
    case .pad(let pad): host.write(pad, into: &text)
    case .reshape: return false
    }
    return true
  }

  private func writeArenas(into text: inout SourceText) {
    text.line(
      "/* Feature maps, \(storage.bytes) bytes: a memory for each width of code, shared by maps that do not live at once. */"
    )
    for arena in storage.arenas {
      text.line("static \(arena.type.name) arena\(arena.type.bits)[\(max(1, arena.elements))];")
    }
    text.line()
  }

  private func writeTrace(into text: inout SourceText) {
    text.write(
      """
      #if ST_HLS
      #define TRACE(tensor, codes)
      #else
      static void (*trace)(int tensor, const void *codes);

      void \(name)_trace(void (*made)(int tensor, const void *codes))
      {
          trace = made;
      }

      #define TRACE(tensor, codes)        \\
          if (trace) {                    \\
              trace(tensor, codes);       \\
          }
      #endif


      """)
  }

  private func expression(_ id: TensorID) -> String {
    switch storage[id].place {
    case .input(let index): program.inputs.count == 1 ? "input" : "input_\(index)"
    case .arena(let offset): "arena\(storage[id].type.bits) + \(offset)"
    }
  }
}

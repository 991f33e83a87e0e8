import IntegerProgram
import Schedule

/// Writes the network's source files: a function for every instruction that the processor runs, and one that runs all in a
/// context; and the same in a context of the network's own.
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

  /// - Parameter steps: of the layers that run on engines, in their order.
  func text(steps: [LayerSteps], constants: inout ConstantPool) -> SourceText {
    var functions = SourceText()
    var calls = SourceText()
    var traced = 0
    var steps = steps[...]
    let registers = hasEngines ? RegisterMap(schedule.accelerator) : nil
    for (index, instruction) in program.instructions.enumerated() {
      let names = LayerNames(index: index, name: instruction.name, network: name)
      let arguments = (instruction.inputs + [instruction.output]).map(expression).joined(separator: ", ")
      if case .linear(let layer) = instruction, case .engine(let tiles) = schedule.steps[index], let registers,
        let layerSteps = steps.popFirst()
      {
        LayerDescriptor(ScheduledLayer(instruction: layer, tiles: tiles), in: schedule, registers: registers)
          .write(names, steps: layerSteps, into: &constants)
        calls.line("    EXECUTE(\(names.descriptor), \(arguments))")
      } else if write(instruction, names, into: &functions, constants: &constants) {
        calls.line("    \(names.function)(\(arguments));")
      } else {
        continue
      }
      calls.line("    STEP_ENDS(\(traced), \(expression(instruction.output)))")
      traced += 1
    }
    var text = SourceText(
      "#include \"\(name).h\"\n\n#include <stddef.h>\n\n#include \"constants.h\"\n#include \"st_arithmetic.h\"\n\n")
    if hasEngines {
      text.write(
        """
        /* A layer on the accelerator. */
        #define EXECUTE(layer, input, output)                       \\
            {                                                       \\
                const st_status status = st_execute(&layer, input, output); \\
                if (status != ST_OK) {                              \\
                    return status;                                  \\
                }                                                   \\
            }


        """)
    }
    text.write(
      """
      /* Maps of several widths share memory: compilers that tell accesses apart by their types shall not move those of one step
       * behind another's. */
      #if defined(__GNUC__)
      #define ST_BARRIER __asm__ volatile("" : : : "memory");
      #else
      #define ST_BARRIER
      #endif

      #if ST_HLS
      #define STEP_ENDS(tensor, codes)
      #else
      #define STEP_ENDS(tensor, codes)             \\
          ST_BARRIER                               \\
          if (context->trace != NULL) {            \\
              context->trace(tensor, codes);       \\
          }
      #endif


      """)
    text.append(functions)
    text.line("\(interface.result) \(name)_run_in(\(interface.contextParameters))")
    text.line("{")
    if storage.bytes == 0 { text.line("    (void)context;") }
    text.append(calls)
    for (index, output) in program.outputs.enumerated() {
      text.line("    for (int i = 0; i < \(program[output.tensor].shape.elements); ++i) {")
      text.line(
        "        output\(program.outputs.count == 1 ? "" : "_\(index)")[i] = \(element("i", of: output.tensor));")
      text.line("    }")
    }
    if hasEngines { text.line("    return ST_OK;") }
    text.line("}")
    return text
  }

  private var hasEngines: Bool { !schedule.accelerator.isProcessor }
  private var interface: InterfaceWriter {
    InterfaceWriter(program, storage: storage, name: name, hasEngines: hasEngines)
  }

  /// A file of its own: a program that has its own contexts is linked without this one.
  var ownContext: SourceText {
    SourceText(
      """
      #include "\(name).h"

      ST_MAPS_SECTION static \(name)_context context;

      \(interface.result) \(name)_run(\(interface.parameters))
      {
          \(hasEngines ? "return " : "")\(name)_run_in(&context, \(interface.arguments));
      }

      #if !ST_HLS
      void \(name)_trace(void (*made)(int tensor, const void *codes))
      {
          context.trace = made;
      }
      #endif

      """)
  }

  /// Returns false where the instruction is no work.
  private func write(
    _ instruction: Instruction, _ names: LayerNames, into text: inout SourceText, constants: inout ConstantPool
  ) -> Bool {
    let host = HostWriter(program: program, storage: storage, names: names)
    switch instruction {
    case .linear(let layer):
      DirectWriter(
        layer, in: program, names: names, inputType: storage[layer.input].type,
        outputType: storage[layer.output].type, constants: &constants
      ).write(into: &text)
    case .combine(let step): host.write(step, into: &text, constants: &constants)
    case .matrixProduct(let step): host.write(step, into: &text, constants: &constants)
    case .pool(let pool): host.write(pool, into: &text, constants: &constants)
    case .requantize(let step): host.write(step, into: &text, constants: &constants)
    case .move(let move): host.write(move, into: &text, constants: &constants)
    case .reshape: return false
    }
    return true
  }

  private func expression(_ id: TensorID) -> String {
    if case .input = storage[id].place { array(of: id).name } else { "&\(element("0", of: id))" }
  }

  private func element(_ index: String, of id: TensorID) -> String {
    let (name, first) = array(of: id)
    return first == 0 ? "\(name)[\(index)]" : index == "0" ? "\(name)[\(first)]" : "\(name)[\(first) + \(index)]"
  }

  /// The C array in which a tensor stands, and where in it.
  private func array(of id: TensorID) -> (name: String, first: Int) {
    let buffer = storage[id]
    return switch buffer.place {
    case .input(let index): (program.inputs.count == 1 ? "input" : "input_\(index)", 0)
    case .arena(let offset): ("context->maps.\(buffer.type.view)", offset / buffer.type.bytes)
    }
  }
}

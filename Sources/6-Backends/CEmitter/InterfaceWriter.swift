import IntegerProgram
import Numbers
import Quantization
import Schedule

/// Writes the header that users of the network include, and what it declares but for the runs.
struct InterfaceWriter {
  private let program: IntegerProgram
  private let storage: Storage
  private let name: String
  private let macro: String
  private let provenance: String
  private let labels: [String]
  private let quantizations: [ProgramQuantization]
  private let hasEngines: Bool

  /// - Parameters:
  ///   - hasEngines: whether a run may fail: an accelerator is asked to do something.
  ///   - provenance: where the code comes from, a line.
  ///   - labels: of the numbers of the one output.
  ///   - quantizations: of the inputs, where they are known.
  init(
    _ program: IntegerProgram, storage: Storage, name: String, hasEngines: Bool, provenance: String = "",
    labels: [String] = [], quantizations: [ProgramQuantization] = []
  ) {
    self.hasEngines = hasEngines
    self.labels = labels
    self.quantizations = quantizations
    self.program = program
    self.provenance = provenance
    self.storage = storage
    self.name = name
    macro = Identifier.upperCased(name)
  }

  /// One input or output: `INPUT`, or `INPUT_0` where there are several.
  private struct Port {
    var id: TensorID
    /// As the model names it.
    var title: String
    var encoding: Encoding
    /// nil for inputs.
    var output: ProgramOutput?
    /// nil for outputs, and where it is not known.
    var quantization: ProgramQuantization?
    var suffix: String
    var name: String { (output == nil ? "input" : "output") + suffix }
    var macro: String { Identifier.upperCased(name) }
  }

  private var inputs: [Port] {
    program.inputs.enumerated().map { index, id in
      Port(
        id: id, title: program[id].name, encoding: program[id].encoding,
        quantization: index < quantizations.count ? quantizations[index] : nil,
        suffix: program.inputs.count == 1 ? "" : "_\(index)")
    }
  }

  private var outputs: [Port] {
    program.outputs.enumerated().map { index, output in
      Port(
        id: output.tensor, title: output.name, encoding: output.encoding, output: output,
        suffix: program.outputs.count == 1 ? "" : "_\(index)")
    }
  }

  private var ports: [Port] { inputs + outputs }

  private func parameter(_ port: Port, isConstant: Bool) -> String {
    "\(isConstant ? "const " : "")\(storage[port.id].type.name) \(port.name)[\(macro)_\(port.macro)_SIZE]"
  }

  /// `void net_dequantize(const int32_t output[NET_OUTPUT_SIZE], double values[NET_OUTPUT_VALUES])`
  private func dequantize(_ port: Port) -> String {
    "void \(name)_dequantize\(port.suffix)(\(parameter(port, isConstant: true)), double values[\(macro)_\(port.macro)_VALUES])"
  }

  /// `void net_quantize(const double values[NET_INPUT_SIZE], int8_t input[NET_INPUT_SIZE])`, and the same of floats.
  private func quantize(_ port: Port, _ type: String) -> String {
    "void \(name)_quantize\(type == "double" ? "" : "_\(type)")\(port.suffix)(const \(type) values[\(macro)_\(port.macro)_SIZE], "
      + "\(parameter(port, isConstant: false)))"
  }

  private func quantizeWriter(_ port: Port) -> QuantizeWriter? {
    port.quantization.flatMap { QuantizeWriter($0, type: storage[port.id].type) }
  }

  /// `int net_argmax(const int32_t output[NET_OUTPUT_SIZE])`
  private func argmax(_ port: Port) -> String {
    "int \(name)_argmax\(port.suffix)(\(parameter(port, isConstant: true)))"
  }

  /// Whether the order of an output's codes is that of the model's numbers: a vector in one scale, a softmax at most behind it.
  private func isRanked(_ port: Port) -> Bool {
    guard let output = port.output, program[port.id].shape.pixels == 1, let scale = port.encoding.scales.uniform else {
      return false
    }
    return scale > 0 && port.encoding.offsets.isUniform
      && (output.tail?.stages ?? []).allSatisfy { if case .softmax = $0.step { true } else { false } }
  }

  /// Calls that dequantize every output: its codes and its values stand in arrays of these names and its number.
  func dequantizations(codes: String, values: String) -> [String] {
    outputs.enumerated().map { "\(name)_dequantize\($0.element.suffix)(\(codes)\($0.offset), \(values)\($0.offset));" }
  }

  /// `const int8_t input[MOBILENET_INPUT_SIZE], int32_t output[MOBILENET_OUTPUT_SIZE]`
  var parameters: String {
    ports.map { parameter($0, isConstant: $0.output == nil) }.joined(separator: ", ")
  }

  /// The type of what a run returns.
  var result: String { hasEngines ? "st_status" : "void" }

  /// `input, output`
  var arguments: String { ports.map(\.name).joined(separator: ", ") }

  /// The same behind the context that a run works in.
  var contextParameters: String { "\(name)_context *context, \(parameters)" }

  var header: SourceText {
    var text = SourceText()
    text.line("/* \(Identifier.comment(program.name)): an integer neural network.")
    if !provenance.isEmpty { text.line(" * \(Identifier.comment(provenance, limit: 400))") }
    text.line(" *")
    text.line(
      " * Tensors are integer codes, row by row with channels innermost; value = scale * (code - zero point), plus"
    )
    text.line(
      " * the offset where one is given. A host quantizes inputs and dequantizes outputs; what the model computes behind an"
    )
    text.line(
      " * output's codes in float is part of its dequantization. */"
    )
    text.line("#ifndef \(macro)_H\n#define \(macro)_H\n\n#include <stdint.h>\n")
    text.line("#include \"st_placement.h\"\n#include \"st_pragmas.h\"")
    if hasEngines { text.line("#include \"st_status.h\"") }
    text.line("\n#ifdef __cplusplus\nextern \"C\" {\n#endif")
    for port in ports { describe(port, into: &text) }
    text.line(
      "\n/* What a run works in: feature maps. Those that do not live at once share memory; in hardware codes of every width have"
    )
    text.line(" * one of their own. */")
    text.line("typedef struct {\n#if ST_HLS\n    struct {\n#else\n    ST_ALIGNED union {\n#endif")
    let views = storage.extents(of: program)
    for view in views { text.line("        \(view.type.name) \(view.type.view)[\(max(1, view.elements))];") }
    if views.isEmpty { text.line("        int8_t none;") }
    text.line("    } maps;\n#if !ST_HLS")
    text.line(
      "    /* Where it is not null, called with every tensor right after it was made, in the order of the layers. */")
    text.line("    void (*trace)(int tensor, const void *codes);")
    text.line("#endif\n} \(name)_context;")
    text.line("\n#define \(macro)_CONTEXT_SIZE sizeof(\(name)_context)")
    text.line(
      "\n/* Runs the network once. A context may hold anything before, but for `trace`. Runs in several contexts do not disturb"
    )
    text.line(
      hasEngines
        ? " * one another, but for the engines' memories, which are one accelerator's. Returns ST_OK, or what went wrong; then outputs\n"
          + " * may hold anything. The engines in C never fail. */" : " * one another. */")
    text.line("\(result) \(name)_run_in(\(contextParameters));")
    text.line("\n/* The same in a context of the network's own. */")
    text.line("\(result) \(name)_run(\(parameters));")
    text.line("\n/* Where the code comes from: compiler, model and target. */")
    text.line("extern const char \(name)_provenance[];")
    for port in inputs {
      guard let quantization = quantizeWriter(port) else { continue }
      text.line(
        "\n/* The codes of \(port.name), '\(Identifier.comment(port.title))', of numbers in the order of its codes, on the host:"
      )
      text.line(" * \(quantization.rule).")
      text.line(
        " * So in exact arithmetic, for every number. Infinities are clipped; what is not a number counts as 0. */")
      for type in ["double", "float"] { text.line("\(quantize(port, type));") }
    }
    for port in outputs {
      text.line(
        "\n/* The numbers of \(port.name), '\(Identifier.comment(port.title))', on the host: \(numbers(of: port)). */")
      text.line("\(dequantize(port));")
    }
    for port in outputs where isRanked(port) {
      text.line("\n/* Which of the numbers of \(port.name) is largest, counted from 0: the first of equal ones. */")
      text.line("\(argmax(port));")
    }
    if !labels.isEmpty {
      text.line("\n/* What the numbers of the output stand for. */")
      text.line("extern const char *const \(name)_labels[\(labels.count)];")
    }
    text.line("\n#if !ST_HLS")
    text.line(
      "/* Sets the trace of the network's own context; null for none. */"
    )
    text.line("void \(name)_trace(void (*made)(int tensor, const void *codes));")
    text.line("#endif\n\n#ifdef __cplusplus\n}\n#endif\n\n#endif")
    return text
  }

  /// `2x4, by sigmoid, softmax`
  private func numbers(of port: Port) -> String {
    let tail = port.output?.tail
    let steps = tail?.stages.map(\.step.op.mnemonic) ?? []
    let extents = tail?.resultShape.extents.map(String.init).joined(separator: "x") ?? "\(program[port.id].shape)"
    return Identifier.comment(
      ([extents] + (steps.isEmpty ? [] : ["by " + steps.joined(separator: ", ")])).joined(separator: ", "))
  }

  private func describe(_ port: Port, into text: inout SourceText) {
    let tensor = program[port.id]
    let prefix = "#define \(macro)_\(port.macro)_"
    text.line(
      "\n/* \(port.name): '\(Identifier.comment(port.title))', \(tensor.shape), \(storage[port.id].type.name) */")
    text.line("\(prefix)ROWS \(tensor.shape.rows)")
    text.line("\(prefix)COLUMNS \(tensor.shape.columns)")
    text.line("\(prefix)CHANNELS \(tensor.shape.channels)")
    text.line("\(prefix)SIZE \(tensor.shape.elements)")
    text.line("\(prefix)LOWEST \(Literal.integer(tensor.range.lowerBound))")
    text.line("\(prefix)HIGHEST \(Literal.integer(tensor.range.upperBound))")
    text.line("\(prefix)ZERO_POINT \(Literal.integer(port.encoding.zeroPoint))")
    describe(port.encoding.scales, "SCALE", "scales", port, into: &text)
    if port.encoding.offsets != [0] { describe(port.encoding.offsets, "OFFSET", "offsets", port, into: &text) }
    if let output = port.output { text.line("\(prefix)VALUES \(program.valueCount(of: output))") }
  }

  /// A macro for one number, an array for one per channel.
  private func describe(
    _ numbers: PerChannel<Double>, _ single: String, _ plural: String, _ port: Port, into text: inout SourceText
  ) {
    if let number = numbers.uniform {
      text.line("#define \(macro)_\(port.macro)_\(single) \(Literal.decimal(number)) /* \(Literal.double(number)) */")
    } else {
      text.line("extern const double \(name)_\(port.name)_\(plural)[\(macro)_\(port.macro)_CHANNELS];")
    }
  }

  /// Definitions of the quantizations, a file of its own; nil where there are none.
  var quantizeSource: SourceText? {
    var text = SourceText("#include \"\(name).h\"\n\n#include \"st_host.h\"\n")
    var isEmpty = true
    for port in inputs {
      guard var writer = quantizeWriter(port) else { continue }
      isEmpty = false
      let prefix = "\(macro)_\(port.macro)_"
      text.append(
        writer.source(
          code: "code\(port.suffix)", codes: port.name, size: prefix + "SIZE", channels: prefix + "CHANNELS",
          functions: [(quantize(port, "double"), ""), (quantize(port, "float"), "(double)")]))
    }
    return isEmpty ? nil : text
  }

  /// Definitions of the per-channel numbers and of the dequantizations.
  var source: SourceText {
    var text = SourceText("#include \"\(name).h\"\n#include \"st_host.h\"\n\n#include <math.h>\n")
    text.line("\nconst char \(name)_provenance[] = \(Identifier.literal(provenance));")
    for port in ports {
      let encoding = port.encoding
      for (numbers, plural) in [(encoding.scales, "scales"), (encoding.offsets, "offsets")] where !numbers.isUniform {
        text.line("\nconst double \(name)_\(port.name)_\(plural)[\(macro)_\(port.macro)_CHANNELS] = {")
        for number in numbers { text.line("    \(Literal.double(number)), /* \(number) */") }
        text.line("};")
      }
    }
    for port in outputs where isRanked(port) {
      text.write(
        """

        \(argmax(port))
        {
            int largest = 0;
            for (int i = 1; i < \(macro)_\(port.macro)_SIZE; ++i) {
                if (\(port.name)[i] > \(port.name)[largest]) {
                    largest = i;
                }
            }
            return largest;
        }

        """)
    }
    if !labels.isEmpty {
      text.line("\nconst char *const \(name)_labels[\(labels.count)] = {")
      for label in labels { text.line("    \(Identifier.literal(label)),") }
      text.line("};")
    }
    for port in outputs {
      guard let output = port.output else { continue }
      func ofElement(_ numbers: PerChannel<Double>, _ single: String, _ plural: String) -> String {
        numbers.isUniform
          ? "\(macro)_\(port.macro)_\(single)" : "\(name)_\(port.name)_\(plural)[i % \(macro)_\(port.macro)_CHANNELS]"
      }
      text.append(
        DequantizeWriter.function(
          output, elements: program[port.id].shape.elements, declaration: dequantize(port), codes: port.name,
          scale: ofElement(port.encoding.scales, "SCALE", "scales"),
          offset: port.encoding.offsets == [0] ? nil : ofElement(port.encoding.offsets, "OFFSET", "offsets")))
    }
    return text
  }
}

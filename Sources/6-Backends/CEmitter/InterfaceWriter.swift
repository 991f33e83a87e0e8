import IntegerProgram
import Numbers
import Schedule

/// Writes the header that users of the network include, and the numbers it declares.
struct InterfaceWriter {
  private let program: IntegerProgram
  private let storage: Storage
  private let name: String
  private let macro: String

  init(_ program: IntegerProgram, storage: Storage, name: String) {
    self.program = program
    self.storage = storage
    self.name = name
    macro = Identifier.upperCased(name)
  }

  /// One input or output: `INPUT`, or `INPUT_0` where there are several.
  private struct Port {
    var id: TensorID
    var isInput: Bool
    var suffix: String
    var name: String { (isInput ? "input" : "output") + suffix }
    var macro: String { Identifier.upperCased(name) }
  }

  private var ports: [Port] {
    func ports(_ ids: [TensorID], isInput: Bool) -> [Port] {
      ids.enumerated().map { Port(id: $0.element, isInput: isInput, suffix: ids.count == 1 ? "" : "_\($0.offset)") }
    }
    return ports(program.inputs, isInput: true) + ports(program.outputs, isInput: false)
  }

  /// `const int8_t input[MOBILENET_INPUT_SIZE], int32_t output[MOBILENET_OUTPUT_SIZE]`
  var parameters: String {
    ports.map { port in
      "\(port.isInput ? "const " : "")\(storage[port.id].type.name) \(port.name)[\(macro)_\(port.macro)_SIZE]"
    }.joined(separator: ", ")
  }

  var header: SourceText {
    var text = SourceText()
    text.line("/* \(Identifier.comment(program.name)): an integer neural network.")
    text.line(" *")
    text.line(
      " * Tensors are signed integer codes, row by row with channels innermost; value = scale * (code - zero point), plus"
    )
    text.line(
      " * the offset where one is given. A host quantizes inputs to codes of the given range and dequantizes outputs. */"
    )
    text.line("#ifndef \(macro)_H\n#define \(macro)_H\n\n#include <stdint.h>\n\n#include \"st_pragmas.h\"")
    for port in ports { describe(port, into: &text) }
    text.line("\n/* Runs the network once. */")
    text.line("void \(name)_run(\(parameters));")
    text.line("\n#if !ST_HLS")
    text.line(
      "/* Has `made` called with every tensor right after it was made, in the order of the layers; null for no calls. */"
    )
    text.line("void \(name)_trace(void (*made)(int tensor, const void *codes));")
    text.line("#endif\n\n#endif")
    return text
  }

  private func describe(_ port: Port, into text: inout SourceText) {
    let tensor = program[port.id]
    let prefix = "#define \(macro)_\(port.macro)_"
    text.line(
      "\n/* \(port.name): '\(Identifier.comment(tensor.name))', \(tensor.shape), \(storage[port.id].type.name) */")
    text.line("\(prefix)ROWS \(tensor.shape.rows)")
    text.line("\(prefix)COLUMNS \(tensor.shape.columns)")
    text.line("\(prefix)CHANNELS \(tensor.shape.channels)")
    text.line("\(prefix)SIZE \(tensor.shape.elements)")
    text.line("\(prefix)LOWEST \(Literal.integer(tensor.range.lowerBound))")
    text.line("\(prefix)HIGHEST \(Literal.integer(tensor.range.upperBound))")
    text.line("\(prefix)ZERO_POINT \(Literal.integer(tensor.encoding.zeroPoint))")
    describe(tensor.encoding.scales, "SCALE", "scales", port, into: &text)
    if tensor.encoding.offsets != [0] { describe(tensor.encoding.offsets, "OFFSET", "offsets", port, into: &text) }
  }

  /// A macro for one number, an array for one per channel.
  private func describe(
    _ numbers: PerChannel<Double>, _ single: String, _ plural: String, _ port: Port, into text: inout SourceText
  ) {
    if let number = numbers.uniform {
      text.line("#define \(macro)_\(port.macro)_\(single) \(Literal.parenthesized(number)) /* \(number) */")
    } else {
      text.line("extern const double \(name)_\(port.name)_\(plural)[\(macro)_\(port.macro)_CHANNELS];")
    }
  }

  /// Definitions of the per-channel numbers.
  var source: SourceText {
    var text = SourceText("#include \"\(name).h\"\n")
    for port in ports {
      let encoding = program[port.id].encoding
      for (numbers, plural) in [(encoding.scales, "scales"), (encoding.offsets, "offsets")] where !numbers.isUniform {
        text.line("\nconst double \(name)_\(port.name)_\(plural)[\(macro)_\(port.macro)_CHANNELS] = {")
        for number in numbers { text.line("    \(Literal.double(number)), /* \(number) */") }
        text.line("};")
      }
    }
    return text
  }
}

import Text

extension IntegerProgram {
  /// The program for people and for `ProgramParser`: one line per input and instruction, each named after the tensor that it
  /// makes; the same text for the same program.
  ///
  ///     program digits
  ///     x = input -> [8, 8, 1] -8..7 scale=0.125
  ///     q = conv2D x name=c kernel=[3, 3] weights=int4(seeded(1)) accumulator=-500..600
  ///         by=clamp(-8..7, floor((12 acc + 64) / 2^7)) -> [6, 6, 8] -8..7 scale=0.25
  ///     output q
  ///
  /// Behind the name of an output stands what is not the tensor's own: `output c name=y shape=[6, 6, 8] host=[softmax]`
  package func text(_ constants: ConstantStyle = .whole) -> String {
    var lines = ["program \(QuotedName.text(of: name))"]
    var inputs = inputs[...]
    func writeInputs(before index: Int) {
      while let input = inputs.first, input.index < index {
        lines.append(line(["input"], making: input, constants))
        inputs.removeFirst()
      }
    }
    for instruction in instructions {
      writeInputs(before: instruction.output.index)
      var writer = AttributeWriter(constants: constants)
      if instruction.name != self[instruction.output].name { writer.write("name", word: instruction.name) }
      instruction.kind.write(to: &writer, in: self)
      let operands = instruction.inputs.map { QuotedName.text(of: self[$0].name) }
      lines.append(line([instruction.kind.mnemonic] + operands + writer.words, making: instruction.output, constants))
    }
    writeInputs(before: tensors.count)
    for output in outputs {
      let name = QuotedName.text(of: self[output.tensor].name)
      let words = output.words(constants, in: self)
      // Names alone share a line.
      if words.isEmpty, let last = lines.last, last.hasPrefix("output "), !last.contains("=" as Character) {
        lines[lines.count - 1] = "\(last) \(name)"
      } else {
        lines.append((["output", name] + words).joined(separator: " "))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ words: [String], making output: TensorID, _ constants: ConstantStyle) -> String {
    let tensor = self[output]
    return ([QuotedName.text(of: tensor.name), "="] + words + ["->"] + tensor.words(constants)).joined(separator: " ")
  }
}

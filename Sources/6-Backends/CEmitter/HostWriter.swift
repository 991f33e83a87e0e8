import IntegerProgram
import Schedule

/// Writes the steps that run outside the engines: sums and products, pooling, requantization and moves.
struct HostWriter {
  let program: IntegerProgram
  let storage: Storage
  let names: LayerNames

  func write(_ step: CombineInstruction, into text: inout SourceText, constants: inout ConstantPool) {
    var terms: [String] = []
    for (index, term) in step.terms.enumerated() {
      terms.append(expression(of: term, index, at: "i", constants: &constants))
    }
    let accumulator =
      switch step.operation {
      case .sum: terms.joined(separator: " + ")
      case .product: terms.map { "(\($0))" }.joined(separator: " * ")
      case .maximum: terms.dropFirst().reduce(terms[0]) { "st_larger(\($0), \($1))" }
      case .minimum: terms.dropFirst().reduce(terms[0]) { "st_smaller(\($0), \($1))" }
      }
    let stage = RequantizationWriter(
      step.stage, prefix: names.prefix, range: step.accumulatorRange, constants: &constants)
    writeElementwise(
      accumulator: accumulator, stage, title: step.name, inputs: step.terms.map(\.input), output: step.output,
      into: &text)
  }

  /// A term of the input of this number.
  private func expression(
    of term: CombineInstruction.Term, _ number: Int, at index: String, constants: inout ConstantPool
  ) -> String {
    let coefficient = constants.perChannel("\(names.prefix)coefficient_\(number)", Array(term.coefficients))
    let offset = constants.perChannel("\(names.prefix)offset_\(number)", Array(term.offsets))
    let code = "\(coefficient == "1" ? "" : "\(coefficient) * ")(int64_t)input_\(number)[\(index)]"
    return offset == "0" ? code : "\(code) + \(offset)"
  }

  func write(_ step: MatrixProductInstruction, into text: inout SourceText, constants: inout ConstantPool) {
    let output = program[step.output].shape
    let terms = step.terms(in: program)
    let stage = RequantizationWriter(
      step.stage, prefix: names.prefix, range: step.accumulatorRange, constants: &constants)
    let matrix = output.rows == 1 ? "" : "row / \(output.columns) * \(terms * output.channels) + "
    let place = step.transposesSecond ? "channel * \(terms) + k" : "k * \(output.channels) + channel"
    let first = expression(of: step.first, 0, at: "row * \(terms) + k", constants: &constants)
    let second = expression(of: step.second, 1, at: matrix + place, constants: &constants)
    begin(
      step.name, "\(output), \(terms) terms", inputs: [step.first.input, step.second.input], output: step.output,
      into: &text)
    text.write(
      """
          for (int row = 0; row < \(output.pixels); ++row) {
              for (int channel = 0; channel < \(output.channels); ++channel) {
                  int64_t accumulator = 0;
                  for (int k = 0; k < \(terms); ++k) {
                      accumulator += (\(first)) * (\(second));
                  }
                  output[row * \(output.channels) + channel] = (\(storage[step.output].type.name))\(stage.code);
              }
          }
      }


      """)
  }

  func write(_ step: RequantizeInstruction, into text: inout SourceText, constants: inout ConstantPool) {
    let stage = RequantizationWriter(
      .requantize(step.requantization), prefix: names.prefix, range: program[step.input].range, constants: &constants)
    writeElementwise(
      accumulator: "input_0[i]", stage, title: step.name, inputs: [step.input], output: step.output, into: &text)
  }

  private func writeElementwise(
    accumulator: String, _ stage: RequantizationWriter, title: String, inputs: [TensorID], output: TensorID,
    into text: inout SourceText
  ) {
    let shape = program[output].shape
    begin(title, "\(shape)", inputs: inputs, output: output, into: &text)
    text.write(
      """
          for (int pixel = 0; pixel < \(shape.pixels); ++pixel) {
              ST_LOOP_PIPELINE
              for (int channel = 0; channel < \(shape.channels); ++channel) {
                  ST_BODY_PIPELINE
                  const int i = pixel * \(shape.channels) + channel;
                  const int64_t accumulator = \(accumulator);
                  output[i] = (\(storage[output].type.name))\(stage.code);
              }
          }
      }


      """)
  }

  func write(_ pool: PoolInstruction, into text: inout SourceText, constants: inout ConstantPool) {
    let input = program[pool.input].shape
    let shape = program[pool.output].shape
    let type = storage[pool.output].type.name
    var update = "accumulator += code;"
    var start = "0"
    var result: [String] = []
    switch pool.kind {
    case .maximum:
      start = "INT64_MIN"
      update = "accumulator = code > accumulator ? code : accumulator;"
      result = ["output[target] = (\(type))accumulator;"]
    case .sum(let stages):
      let counts = stages.keys.sorted()
      for count in counts {
        guard let stage = stages[count] else { continue }
        let prefix = counts.count == 1 ? names.prefix : "\(names.prefix)of\(count)_"
        let writer = RequantizationWriter(stage, prefix: prefix, range: pool.accumulatorRange, constants: &constants)
        let store = "output[target] = (\(type))\(writer.code);"
        if counts.count == 1 {
          result = [store]
        } else {
          result.append("\(count == counts[0] ? "if" : "} else if") (inside == \(count)) {")
          result.append("    " + store)
        }
      }
      if counts.count > 1 { result.append("}") }
    }
    let countsInside = if case .sum(let stages) = pool.kind { stages.count > 1 } else { false }
    let title = "\(input) -> \(shape), window \(pool.windowRows)x\(pool.windowColumns)"
    begin(pool.name, title, inputs: [pool.input], output: pool.output, into: &text)
    let first = (
      pool.paddingTop == 0 ? "" : " - \(pool.paddingTop)", pool.paddingLeft == 0 ? "" : " - \(pool.paddingLeft)"
    )
    let margin = String(repeating: " ", count: 20)
    text.write(
      """
          for (int r = 0; r < \(shape.rows); ++r) {
              for (int c = 0; c < \(shape.columns); ++c) {
                  for (int channel = 0; channel < \(shape.channels); ++channel) {
                      const int target = (r * \(shape.columns) + c) * \(shape.channels) + channel;
                      int64_t accumulator = \(start);
      \(countsInside ? margin + "int inside = 0;\n" : "")\
                      for (int wr = 0; wr < \(pool.windowRows); ++wr) {
                          const int row = r * \(pool.strideRows) + wr\(first.0);
                          for (int wc = 0; wc < \(pool.windowColumns); ++wc) {
                              const int column = c * \(pool.strideColumns) + wc\(first.1);
                              if ((row >= 0) && (row < \(input.rows)) && (column >= 0) && (column < \(input.columns))) {
                                  const int64_t code =
                                      input_0[(row * \(input.columns) + column) * \(input.channels) + channel];
                                  \(update)
      \(countsInside ? margin + "            ++inside;\n" : "")\
                              }
                          }
                      }
      \(result.map { String(repeating: " ", count: 16) + $0 }.joined(separator: "\n"))
                  }
              }
          }
      }


      """)
  }

  func write(_ move: MoveInstruction, into text: inout SourceText, constants: inout ConstantPool) {
    let output = program[move.output].shape
    let type = storage[move.output].type.name
    begin(move.name, "\(output)", inputs: move.parts.map(\.input), output: move.output, into: &text)
    var lines: [String] = []
    if let fill = move.fill {
      lines += [
        "for (int i = 0; i < \(output.elements); ++i) {", "    output[i] = (\(type))\(Literal.integer(fill));", "}",
      ]
    }
    for (index, part) in move.parts.enumerated() {
      let box = BoxWriter(part.box) {
        constants.array("\(names.prefix)positions_\(index)_\($0)", type: $1, $2, for: .positions)
      }
      lines += box.lines(isPipelined: true) { source, target in
        let code = "input_\(index)[\(source)]"
        let value =
          part.isPlain
          ? code : "\(Literal.integer(part.coefficient)) * (int64_t)\(code) + \(Literal.integer(part.offset))"
        return "output[\(target)] = (\(type))(\(value));"
      }
    }
    for line in lines { text.line("    " + line) }
    text.write("}\n\n")
  }

  /// A comment and the head of the function.
  private func begin(
    _ name: String, _ title: String, inputs: [TensorID], output: TensorID, into text: inout SourceText
  ) {
    text.line("/* \(Identifier.comment(name)): \(title) */")
    text.line("static void \(names.function)(")
    for (index, input) in inputs.enumerated() {
      text.line("    const \(storage[input].type.name) input_\(index)[\(program[input].shape.elements)],")
    }
    text.line("    \(storage[output].type.name) output[\(program[output].shape.elements)])")
    text.line("{")
  }
}

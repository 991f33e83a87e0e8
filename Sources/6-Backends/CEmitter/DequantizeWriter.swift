import IntegerProgram
import Numbers
import QIR
import Quantization

/// Writes a function that makes the model's numbers of an output's codes: their encoding, and in double precision what the
/// model computes behind them.
struct DequantizeWriter {
  private var text = SourceText()
  /// How many arrays of constants the function has.
  private var arrays = 0
  /// The C array that holds the numbers.
  private var buffer = "values"
  private var count: Int

  /// - Parameters:
  ///   - declaration: `void net_dequantize(const int32_t output[NET_OUTPUT_SIZE], double values[NET_OUTPUT_VALUES])`
  ///   - codes: the C name of the codes.
  ///   - scale, offset: of element `i`, as C expressions.
  static func function(
    _ output: ProgramOutput, elements: Int, declaration: String, codes: String, scale: String, offset: String?
  ) -> SourceText {
    var writer = DequantizeWriter(count: elements)
    writer.text.line("\n\(declaration)\n{")
    writer.write(output, codes: codes, scale: scale, offset: offset)
    writer.text.line("}")
    return writer.text
  }

  private init(count: Int) {
    self.count = count
  }

  private mutating func write(_ output: ProgramOutput, codes: String, scale: String, offset: String?) {
    // The numbers move on to another array where a step reads some of them more than once.
    let moves = output.tail?.stages.filter(\.moves) ?? []
    for (index, move) in moves.enumerated() {
      text.line("    static double step_\(index)[\(move.input.elements)];")
    }
    var moved = 0
    func place() -> String { moved == moves.count ? "values" : "step_\(moved)" }
    buffer = place()
    let zeroPoint = output.encoding.zeroPoint
    let code = zeroPoint == 0 ? "\(codes)[i]" : "((int64_t)\(codes)[i] - \(Literal.integer(zeroPoint)))"
    forEach("\(buffer)[i] = \(scale) * (double)\(code)\(offset.map { " + \($0)" } ?? "");")
    for stage in output.tail?.stages ?? [] {
      let source = buffer
      if stage.moves { moved += 1 }
      buffer = place()
      count = stage.result.elements
      write(stage, from: source)
    }
  }

  private mutating func write(_ stage: HostTail.Stage, from source: String) {
    let channels = stage.result.channels
    switch stage.step {
    case .elementwise(let op): forEachValue(op.functions.map(\.compiled).flatMap(statements))
    case .affine(let op):
      let names = [op.channels.map(\.scale), op.channels.map(\.divisor), op.channels.map(\.shift)].map {
        array($0) + "[i % \(channels)]"
      }
      forEachValue(["v = v * \(names[0]) / \(names[1]) + \(names[2]);"])
    case .prelu(let op):
      let slopes = array(op.slopes.map(\.double))
      forEachValue(["v = v < 0.0 ? \(slopes)[i % \(channels)] * v : v;"])
    case .batchNormalization(let op):
      let names = [op.mean, op.scale, op.beta].map { array($0) + "[i % \(channels)]" }
      forEachValue(["v = (v - \(names[0])) * \(names[1]) + \(names[2]);"])
    case .quantize(let op):
      for (channel, quantizer) in op.quantizers.enumerated() {
        forEachValue(statements(of: quantizer), from: channel, by: op.quantizers.count)
      }
    case .softmax(let op): op.fixedPoint.map { write($0, channels) } ?? writeSoftmax(channels)
    case .maxPool(let op):
      write(
        op.window, of: stage, from: source, start: "-HUGE_VAL", update: "v = \(source)[at] > v ? \(source)[at] : v;",
        result: "v")
    case .averagePool(let op):
      write(
        op.window, of: stage, from: source, start: "0.0", update: "v += \(source)[at];",
        result: "v / (double)inside * \(number(op.factor))")
    case .transpose(let op): write(BoxCopy(op, of: stage.input), from: source)
    case .select(let op): write(BoxCopy(op, of: stage.input), from: source)
    case .pad(let op):
      forEach("\(buffer)[i] = 0.0;")
      write(BoxCopy(op, of: stage.input, to: stage.result), from: source)
    case .reshape, .identity: break
    }
  }

  // MARK: Loops

  private mutating func forEach(_ statement: String, from first: Int = 0, by step: Int = 1) {
    text.line("    for (int i = \(first); i < \(count); \(step == 1 ? "++i" : "i += \(step)")) {")
    text.line("        \(statement)\n    }")
  }

  /// Statements that change a number `v`, for every element.
  private mutating func forEachValue(_ statements: [String], from first: Int = 0, by step: Int = 1) {
    let lines = ["double v = \(buffer)[i];"] + statements + ["\(buffer)[i] = v;"]
    forEach(lines.joined(separator: "\n        "), from: first, by: step)
  }

  private mutating func write(_ softmax: FixedPointSoftmax, _ channels: Int) {
    let name = "numbers_\(arrays)"
    arrays += 1
    text.line("    static const int32_t \(name)[256] = {")
    for value in softmax.exponentials { text.line("        \(Literal.integer(value)),") }
    text.line("    };")
    text.line("    for (int row = 0; row < \(count); row += \(channels)) {")
    text.line("        st_fixed_point_softmax(&\(buffer)[row], \(channels), \(number(softmax.scale)), \(name));\n    }")
  }

  private mutating func writeSoftmax(_ channels: Int) {
    text.write(
      """
          for (int row = 0; row < \(count); row += \(channels)) {
              double most = \(buffer)[row];
              double sum = 0.0;
              for (int i = row; i < row + \(channels); ++i) {
                  most = \(buffer)[i] > most ? \(buffer)[i] : most;
              }
              for (int i = row; i < row + \(channels); ++i) {
                  \(buffer)[i] = st_exp(\(buffer)[i] - most);
                  sum += \(buffer)[i];
              }
              for (int i = row; i < row + \(channels); ++i) {
                  \(buffer)[i] /= sum;
              }
          }

      """)
  }

  private mutating func write(
    _ window: Window, of stage: HostTail.Stage, from source: String, start: String, update: String, result: String
  ) {
    let (input, output) = (stage.input.extents, stage.result.extents)
    func place(_ position: String, _ stride: Int, _ tap: String, _ dilation: Int, _ padding: Int) -> String {
      "\(position) * \(stride) + \(tap) * \(dilation) - \(padding)"
    }
    text.write(
      """
          for (int i = 0; i < \(count); ++i) {
              const int r = i / \(output[1] * output[2]);
              const int c = i / \(output[2]) % \(output[1]);
              double v = \(start);
              int inside = 0;
              for (int wr = 0; wr < \(window.size.rows); ++wr) {
                  const int row = \(place("r", window.stride.rows, "wr", window.dilation.rows, window.padding.top));
                  for (int wc = 0; wc < \(window.size.columns); ++wc) {
                      const int column = \(place("c", window.stride.columns, "wc", window.dilation.columns, window.padding.left));
                      if (row >= 0 && row < \(input[0]) && column >= 0 && column < \(input[1])) {
                          const int at = (row * \(input[1]) + column) * \(input[2]) + i % \(output[2]);
                          \(update)
                          ++inside;
                      }
                  }
              }
              (void)inside;
              \(buffer)[i] = \(result);
          }

      """)
  }

  private mutating func write(_ box: BoxCopy, from source: String) {
    let writer = BoxWriter(box) { _, type, positions in
      let name = "positions_\(arrays)"
      arrays += 1
      text.line("    static const \(type) \(name)[] = {\(positions.map(String.init).joined(separator: ", "))};")
      return name
    }
    let lines = writer.lines(isPipelined: false) { "\(buffer)[\($1)] = \(source)[\($0)];" }
    for line in lines { text.line("    " + line) }
  }

  // MARK: Functions of one number

  private func statements(_ function: CompiledFunction) -> [String] {
    switch function {
    case .affine(let scale, let shift): ["v = \(number(scale)) * v + \(number(shift));"]
    case .clip(let lower, let upper):
      (lower.isFinite ? ["v = v < \(number(lower)) ? \(number(lower)) : v;"] : [])
        + (upper.isFinite ? ["v = v > \(number(upper)) ? \(number(upper)) : v;"] : [])
    case .leakyReLU(let slope): ["v = v < 0.0 ? \(number(slope)) * v : v;"]
    case .thresholdedReLU(let threshold, let slope):
      ["v = v > \(number(threshold)) ? v : \(number(slope)) * (v - \(number(threshold)));"]
    case .hardSwish(let shift, let upper):
      ["v = v * st_clip(v + \(number(shift)), 0.0, \(number(upper))) / \(number(upper));"]
    case .curve(let curve): ["v = \(expression(curve));"]
    }
  }

  private func expression(_ curve: Curve) -> String {
    switch curve {
    case .sigmoid: "1.0 / (1.0 + st_exp(-v))"
    case .tanh: "st_tanh(v)"
    case .exp: "st_exp(v)"
    case .elu: "(v < 0.0) ? st_expm1(v) : v"
    case .softplus: "st_softplus(v)"
    case .softsign: "v / (1.0 + ((v < 0.0) ? -v : v))"
    case .swish: "v / (1.0 + st_exp(-v))"
    case .gelu: "0.5 * v * (1.0 + st_erf(v / \(number(Curve.geluDivisor.double))))"
    case .geluTanh:
      "v / (1.0 + st_exp(-2.0 * \(number(Curve.geluTanhFactors.linear)) * "
        + "(v + (\(number(Curve.geluTanhFactors.cubic)) * v * v * v))))"
    case .mish: "v * st_tanh(st_softplus(v))"
    case .erf: "st_erf(v)"
    }
  }

  private mutating func statements(of quantizer: FeatureMapQuantizer) -> [String] {
    let scale = number(quantizer.format.scale.double)
    let functions = quantizer.functions.map(\.compiled).flatMap(statements)
    switch quantizer.steps {
    case .uniform(let steps):
      let compiled = steps.compiled
      let position =
        compiled.divisor != 0 ? "v / \(number(compiled.divisor))" : "v * \(number(compiled.gain))"
      let (lowest, highest) = (number(compiled.lowest), number(compiled.highest))
      return functions + [
        "v = st_clip(\(position) + \(number(compiled.bias)), \(lowest), \(highest));",
        "v = \(scale) * \(rounded(steps.rounding));",
      ]
    case .levels(let steps):
      let thresholds = steps.compiled.firstPassing
      let values = steps.codes.map { quantizer.format.scale.double * Double($0 - quantizer.format.zeroPoint) }
      guard !thresholds.isEmpty else { return ["v = \(number(values[0]));"] }
      let (limits, levels) = (array(thresholds), array(values))
      return functions + [
        "int level = 0;", "while (level < \(thresholds.count) && v >= \(limits)[level]) { ++level; }",
        "v = \(levels)[level];",
      ]
    }
  }

  private func rounded(_ rounding: Rounding) -> String {
    switch rounding {
    case .halfEven: "st_round_half_even(v)"
    case .halfAwayFromZero: "st_round_half_away(v)"
    case .halfTowardZero: "st_round_half_toward_zero(v)"
    case .floor: "st_floor(v)"
    case .ceiling: "st_ceil(v)"
    case .awayFromZero: "(v < 0.0 ? st_floor(v) : st_ceil(v))"
    case .towardZero: "st_trunc(v)"
    case .twice(let bits):
      bits == 0
        ? "st_floor(v + 0.5)"
        : "st_round_half_away(st_floor(v * \(number(Double(1 << bits))) + 0.5) / \(number(Double(1 << bits))))"
    }
  }

  // MARK: Constants

  private func number(_ value: Double) -> String {
    value.isFinite ? Literal.parenthesized(value) : value < 0 ? "(-HUGE_VAL)" : "HUGE_VAL"
  }

  /// The name of an array of these numbers.
  private mutating func array(_ values: [Double]) -> String {
    let name = "numbers_\(arrays)"
    arrays += 1
    text.line("    static const double \(name)[] = {")
    for value in values { text.line("        \(number(value)),") }
    text.line("    };")
    return name
  }
}

extension HostTail.Stage {
  /// Whether results stand elsewhere than what they are made of.
  fileprivate var moves: Bool {
    switch step {
    case .maxPool, .averagePool, .pad, .transpose, .select: true
    case .elementwise, .affine, .prelu, .batchNormalization, .quantize, .softmax, .reshape, .identity: false
    }
  }
}

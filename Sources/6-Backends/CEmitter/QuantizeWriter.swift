import Numbers
import Quantization
import Schedule

/// Writes the functions that make an input's codes of the model's numbers, exactly as the compiler does.
struct QuantizeWriter {
  /// What the rule says, for people.
  let rule: String
  private let type: CodeType
  private let steps: PerChannel<DoubleSteps>
  private var constants = SourceText()

  /// - Parameter type: of the codes.
  /// - Returns: nil where doubles alone do not decide the quantizer.
  init?(_ quantization: ProgramQuantization, type: CodeType) {
    var steps = quantization.quantizers.map(\.doubleSteps)
    if !DoubleSteps.areOfOneKind(steps.compactMap(\.self)) { steps = quantization.quantizers.map(\.doubleLevels) }
    guard steps.allSatisfy({ $0 != nil }) else { return nil }
    self.steps = PerChannel(steps.compactMap { $0?.shiftingCodes(by: -quantization.codeShift) })
    self.type = type
    switch self.steps[0] {
    case .uniform(let step, _, let factor, let offset):
      let isShared = steps.count == 1
      rule =
        "value / \(isShared ? "\(step.high + step.low)" : "its channel's step"), rounded to the nearest integer and halves to the even one, "
        + (factor == 1 ? "" : "times a factor, ") + (offset == 0 ? "" : "+ \(isShared ? "\(offset)" : "an offset"), ")
        + "clipped"
    case .levels(let levels, _): rule = "one of \(levels.count + 1) codes, by how many levels the value has reached"
    }
  }

  /// - Parameters:
  ///   - code: the name of the function of one number.
  ///   - functions: declarations of those that make all codes of `values`, and what they make a double of one with.
  mutating func source(code: String, codes: String, size: String, channels: String, functions: [(String, String)])
    -> SourceText
  {
    let isShared = steps.isUniform
    let result = expression
    var text = SourceText("\nstatic \(type.name) \(code)(double v\(isShared ? "" : ", int channel"))\n{\n")
    text.append(constants)
    text.line("    return (\(type.name))(\(result));\n}")
    for (declaration, conversion) in functions {
      text.write(
        """

        \(declaration)
        {
            for (int i = 0; i < \(size); ++i) {
                \(codes)[i] = \(code)(\(conversion)values[i]\(isShared ? "" : ", i % \(channels)"));
            }
        }

        """)
    }
    return text
  }

  /// The code of `v`.
  private var expression: String {
    mutating get {
      if let levels { return levels }
      var (high, low) = ([Double](), [Double]())
      var (lowest, highest) = ([Int64](), [Int64]())
      var (factors, offsets) = ([Int64](), [Int64]())
      for case .uniform(let step, let positions, let factor, let offset) in steps {
        high.append(step.high)
        low.append(step.low)
        lowest.append(positions.lowerBound)
        highest.append(positions.upperBound)
        factors.append(factor)
        offsets.append(offset)
      }
      let step = [("high", high), ("low", low)].map { perChannel($0, "double", $1.map(Literal.double)) }
      let position =
        "st_nearest_multiple(v, \(step[0]), \(step[1]), \(perChannel("lowest", lowest)), \(perChannel("highest", highest)))"
      let (factor, offset) = (perChannel("factors", factors), perChannel("offsets", offsets))
      return (factor == "1" ? "" : factor + " * ") + position + (offset == "0" ? "" : " + \(offset)")
    }
  }

  private var levels: String? {
    mutating get {
      var (levels, codes) = ([Double](), [Int64]())
      var (starts, counts) = ([Int64](), [Int64]())
      for case .levels(let own, let ownCodes) in steps {
        starts.append(Int64(levels.count))
        counts.append(Int64(own.count))
        levels += own
        codes += ownCodes
      }
      guard !codes.isEmpty else { return nil }
      array("codes", type.name, codes.map(Literal.integer))
      guard !levels.isEmpty else {
        constants.line("    (void)v;")
        return steps.isUniform ? "codes[0]" : "codes[channel]"
      }
      array("levels", "double", levels.map(Literal.double))
      let (start, count) = (perChannel("starts", starts), perChannel("counts", counts))
      // The codes of a channel start behind the levels and one code more of every channel before it.
      let first = steps.isUniform ? "" : "\(start) + channel + "
      return "codes[\(first)st_count_levels(v, levels\(steps.isUniform ? "" : " + \(start)"), \(count))]"
    }
  }

  /// A literal where all are equal, else an element of an array.
  private mutating func perChannel(_ name: String, _ type: String, _ values: [String]) -> String {
    if values.allSatisfy({ $0 == values[0] }) { return values[0] }
    array(name, type, values)
    return name + "[channel]"
  }

  private mutating func perChannel(_ name: String, _ values: [Int64]) -> String {
    perChannel(name, CodeType(holding: values.hull() ?? 0...0).name, values.map(Literal.integer))
  }

  private mutating func array(_ name: String, _ type: String, _ values: [String]) {
    constants.line("    static const \(type) \(name)[\(values.count)] = {")
    for value in values { constants.line("        \(value),") }
    constants.line("    };")
  }
}

extension DoubleSteps {
  fileprivate static func areOfOneKind(_ steps: [DoubleSteps]) -> Bool {
    let areUniform = steps.map { if case .uniform = $0 { true } else { false } }
    return areUniform.allSatisfy { $0 == areUniform.first }
  }
}

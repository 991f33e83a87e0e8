import Diagnostics
import QIR
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

extension ProgramOutput {
  /// `name=sum scale=0.5 offset=1 shape=[4] host=[softmax, quantize by=quantized_relu(8,0)]`: what is not the tensor's own.
  func words(_ constants: ConstantStyle, in program: IntegerProgram) -> [String] {
    let standard = program.output(tensor)
    var writer = AttributeWriter(constants: constants)
    if name != standard.name { writer.write("name", word: name) }
    if encoding != standard.encoding { encoding.write(to: &writer) }
    if let tail {
      writer.write("shape", tail.shape)
      writer.write("host", text: "[\(tail.words(constants).joined(separator: ", "))]")
    }
    return writer.words
  }

  /// - Parameter attributes: those behind the tensor's name.
  init(_ tensor: TensorID, _ attributes: AttributeReader, in program: IntegerProgram) throws {
    var attributes = attributes
    self = program.output(tensor)
    name = try attributes.readWord("name", default: name)
    if attributes.has("scale") { encoding = try Encoding(&attributes) }
    let shape: Shape? = try attributes.readIfPresent("shape")
    let (location, map) = (attributes.location, program[tensor].shape)
    tail = try attributes.readIfPresent("host") { scanner in
      var tail = HostTail(shape: shape ?? Shape([map.rows, map.columns, map.channels]))
      for phrase in try scanner.list(of: { try $0.phrase() }) {
        try tail.append(HostStep(phrase, at: location), at: location)
      }
      return tail
    }
    try attributes.finish()
  }
}

extension HostTail {
  fileprivate func words(_ constants: ConstantStyle) -> [String] {
    stages.map { stage in
      var writer = AttributeWriter(constants: constants)
      stage.step.op.write(to: &writer)
      return ([stage.step.op.mnemonic] + writer.words).joined(separator: " ")
    }
  }
}

/// Tails are the same where their text forms are.
extension HostTail: Hashable {
  package static func == (left: HostTail, right: HostTail) -> Bool {
    left.shape == right.shape && left.words(.whole) == right.words(.whole)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    hasher.combine(words(.whole))
  }
}

extension HostStep {
  /// An operator's mnemonic and its attributes.
  fileprivate init(_ phrase: Substring, at location: Diagnostic.Location) throws {
    let words = LineTokens(phrase).words
    var attributes = try AttributeReader(words.dropFirst(), at: location)
    let type = OperatorKind.types.first { $0.mnemonic == words.first.map(String.init) }
    guard let op = try type?.init(&attributes), let step = HostStep(op) else {
      throw Diagnostic(
        "'\(phrase.prefix(60))' on the host", at: location, supported: "element-wise operators, softmax, pools, moves")
    }
    try attributes.finish()
    self = step
  }
}

extension ProgramTensor {
  /// `[6, 6, 8] -8..7 scale=0.25 zero_point=1 offset=[0.5, …]`
  func words(_ constants: ConstantStyle) -> [String] {
    var writer = AttributeWriter(constants: constants)
    encoding.write(to: &writer)
    return [shape.text, range.text] + writer.words
  }

  init(_ statement: Statement) throws {
    let words = statement.result
    try require(
      words.count >= 2, "no tensor", at: statement.location,
      supported: "-> [rows, columns, channels] least..most scale=…")
    func read<Value: TextValue>(_ word: Substring) throws -> Value {
      var scanner = TextScanner(word, at: statement.location)
      let value = try Value(scanning: &scanner)
      try scanner.finish()
      return value
    }
    var attributes = try AttributeReader(words.dropFirst(2), at: statement.location)
    self.init(
      name: statement.name, shape: try read(words[words.startIndex]), range: try read(words[words.startIndex + 1]),
      encoding: try Encoding(&attributes))
    try attributes.finish()
  }
}

extension Encoding {
  func write(to writer: inout AttributeWriter) {
    writer.write("scale", text: scales.text)
    writer.write("zero_point", zeroPoint, unless: 0)
    if offsets != [0] { writer.write("offset", text: offsets.text) }
  }

  init(_ attributes: inout AttributeReader) throws {
    self.init(
      scales: try attributes.read("scale"), zeroPoint: try attributes.read("zero_point", default: 0),
      offsets: try attributes.read("offset", default: [0]))
  }
}

extension MapShape: TextValue {
  /// `[rows, columns, channels]`
  package var text: String { [rows, columns, channels].text }

  package init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let numbers = try [Int](scanning: &scanner)
    guard numbers.count == 3, numbers.allSatisfy({ (0...1 << 20).contains($0) }) else {
      throw before.refused("[rows, columns, channels], at most \(1 << 20) each")
    }
    self.init(rows: numbers[0], columns: numbers[1], channels: numbers[2])
  }
}

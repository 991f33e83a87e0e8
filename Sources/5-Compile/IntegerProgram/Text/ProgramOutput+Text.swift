import Diagnostics
import QIR
import Text

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

import Diagnostics
import Numbers

extension IntegerProgram {
  /// Judges a program, whoever made it: that tensors are written before they are read, that shapes agree, that no step
  /// can leave its type whatever the inputs. It trusts only the ranges of the inputs;
  /// every other range is held against what the instructions can make.
  /// - Throws: `Diagnostics` with everything that is wrong.
  package func verify() throws(Diagnostics) {
    var verifier = ProgramVerifier(program: self)
    verifier.run()
    try verifier.problems.throwIfErrors()
  }
}

struct ProgramVerifier {
  let program: IntegerProgram
  var problems = Diagnostics()
  /// The instruction under test.
  var layer: String?

  init(program: IntegerProgram) {
    self.program = program
  }

  mutating func run() {
    verifyTensors()
    // Everything below looks tensors up.
    if problems.hasErrors { return }
    verifyOrder()
    for instruction in program.instructions {
      layer = instruction.name
      instruction.kind.verify(by: &self)
    }
  }

  mutating func report(_ found: String, tensor: String? = nil, supported: String? = nil) {
    problems.report(found, at: .init(layer: layer, tensor: tensor), supported: supported)
  }

  /// Reports `found` and returns false where `condition` does not hold.
  @discardableResult
  mutating func require(
    _ condition: Bool, _ found: @autoclosure () -> String, tensor: String? = nil,
    supported: @autoclosure () -> String? = nil
  ) -> Bool {
    if !condition { report(found(), tensor: tensor, supported: supported()) }
    return condition
  }

  private static let extentLimit = 1 << 20

  private mutating func verifyTensors() {
    var names = Set<String>()
    for tensor in program.tensors {
      require(names.insert(tensor.name).inserted, "two tensors of this name", tensor: tensor.name)
      let extents = [tensor.shape.rows, tensor.shape.columns, tensor.shape.channels]
      guard
        require(
          extents.allSatisfy { (1...ProgramVerifier.extentLimit).contains($0) }, "shape \(tensor.shape)",
          tensor: tensor.name, supported: "extents of 1 to \(ProgramVerifier.extentLimit)")
      else { continue }
      verify(tensor.encoding, of: tensor.name, channels: tensor.shape.channels)
    }
    let used = program.inputs + program.outputs.map(\.tensor) + program.instructions.flatMap { $0.inputs + [$0.output] }
    for tensor in used where !program.tensors.indices.contains(tensor.index) {
      report("tensor number \(tensor.index) of \(program.tensors.count)")
    }
  }

  private mutating func verify(_ encoding: Encoding, of name: String, channels: Int) {
    require(
      [encoding.scales.count, encoding.offsets.count].allSatisfy { $0 == 1 || $0 == channels },
      "\(encoding.scales.count) scales and \(encoding.offsets.count) offsets", tensor: name,
      supported: "1, or one per channel (\(channels))")
    require(
      encoding.scales.allSatisfy(\.isFinite) && encoding.offsets.allSatisfy(\.isFinite),
      "a scale or offset that is no number", tensor: name)
  }

  private mutating func verifyOrder() {
    var written = Set<TensorID>()
    for input in program.inputs {
      require(written.insert(input).inserted, "an input that stands twice", tensor: program[input].name)
    }
    for instruction in program.instructions {
      layer = instruction.name
      for input in instruction.inputs {
        require(written.contains(input), "read before it is written", tensor: program[input].name)
      }
      require(
        written.insert(instruction.output).inserted, "written twice", tensor: program[instruction.output].name)
    }
    layer = nil
    var names = Set<String>()
    for output in program.outputs {
      require(written.contains(output.tensor), "an output that nothing writes", tensor: program[output.tensor].name)
      require(names.insert(output.name).inserted, "two outputs of this name", tensor: output.name)
      verify(output.encoding, of: output.name, channels: program[output.tensor].shape.channels)
      if let shape = output.tail?.shape {
        let elements = program[output.tensor].shape.elements
        require(
          shape.elements == elements, "values of shape \(shape) on the host", tensor: output.name,
          supported: "as many as the tensor has (\(elements))")
      }
    }
  }

  /// That codes of `range` are among those that `tensor` says it can hold.
  mutating func requireCodes(_ range: ClosedRange<Int128>, in tensor: ProgramTensor) {
    require(
      tensor.range.wide.contains(range), "codes from \(range.lowerBound) to \(range.upperBound)", tensor: tensor.name,
      supported: "the tensor's range, \(tensor.range.lowerBound) to \(tensor.range.upperBound)")
  }

  mutating func requireShape(_ shape: MapShape, of tensor: ProgramTensor) {
    require(tensor.shape == shape, "shape \(tensor.shape)", tensor: tensor.name, supported: "\(shape)")
  }

  /// That an instruction's accumulators stay in the range that it says.
  mutating func requireAccumulators(_ bounds: AccumulatorBounds, in range: CodeRange) -> Bool {
    require(
      range.wide.contains(bounds.partial),
      "accumulators from \(bounds.partial.lowerBound) to \(bounds.partial.upperBound)",
      supported: "the instruction's range, \(range.lowerBound) to \(range.upperBound)")
  }
}

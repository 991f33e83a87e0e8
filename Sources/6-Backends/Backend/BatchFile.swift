import IntegerProgram
import Schedule

/// The files that a project's bench reads and writes: codes without headers, each as wide as its tensor's type, and behind those
/// of a sample the outputs' numbers as doubles, in the machine's byte order.
package struct BatchFile {
  private let inputs: [CodeType]
  private let traced: [(type: CodeType, elements: Int)]
  /// How many numbers each output has.
  private let values: [Int]

  package init(_ schedule: Schedule) {
    let program = schedule.program
    inputs = program.inputs.map { schedule.storage[$0].type }
    traced = program.tracedTensors.map { (schedule.storage[$0].type, program[$0].shape.elements) }
    values = program.outputs.map(program.valueCount)
  }

  /// The codes of all inputs of one sample, to be written one after another.
  package func encode(inputs codes: [[Int64]]) -> [UInt8] {
    precondition(codes.count == inputs.count, "a sample has codes for every input")
    var bytes: [UInt8] = []
    for (type, codes) in zip(inputs, codes) {
      switch type.bytes {
      case 1: append(codes, as: Int8.self, to: &bytes)
      case 2: append(codes, as: Int16.self, to: &bytes)
      case 4: append(codes, as: Int32.self, to: &bytes)
      default: append(codes, as: Int64.self, to: &bytes)
      }
    }
    return bytes
  }

  /// Bytes of one sample in the output.
  package var sampleBytes: Int { traced.reduce(0) { $0 + $1.type.bytes * $1.elements } + 8 * values.reduce(0, +) }

  /// Sample `index` of the output: codes by the program's traced tensors, numbers by its outputs; `nil` where it is too short.
  package func decode(_ output: [UInt8], sample index: Int) -> (codes: [[Int64]], values: [[Double]])? {
    guard output.count >= (index + 1) * sampleBytes else { return nil }
    var offset = index * sampleBytes
    return output.withUnsafeBytes { bytes in
      let codes = traced.map { type, elements in
        defer { offset += type.bytes * elements }
        return switch (type.bytes, type.isSigned) {
        case (1, true): read(bytes, offset, elements, as: Int8.self)
        case (1, false): read(bytes, offset, elements, as: UInt8.self)
        case (2, true): read(bytes, offset, elements, as: Int16.self)
        case (2, false): read(bytes, offset, elements, as: UInt16.self)
        case (4, true): read(bytes, offset, elements, as: Int32.self)
        case (4, false): read(bytes, offset, elements, as: UInt32.self)
        default: read(bytes, offset, elements, as: Int64.self)
        }
      }
      let numbers = values.map { count in
        defer { offset += 8 * count }
        return (0..<count).map { bytes.loadUnaligned(fromByteOffset: offset + 8 * $0, as: Double.self) }
      }
      return (codes, numbers)
    }
  }

  private func append<Integer: FixedWidthInteger>(_ codes: [Int64], as _: Integer.Type, to bytes: inout [UInt8]) {
    codes.map { Integer(truncatingIfNeeded: $0) }.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  private func read<Integer: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ elements: Int, as _: Integer.Type
  ) -> [Int64] {
    (0..<elements).map { index in
      Int64(bytes.loadUnaligned(fromByteOffset: offset + index * MemoryLayout<Integer>.size, as: Integer.self))
    }
  }
}

extension IntegerProgram {
  /// What instructions make, in their order; reshapes make nothing.
  package var tracedTensors: [TensorID] {
    instructions.compactMap { instruction in
      if case .reshape = instruction { return nil }
      return instruction.output
    }
  }
}

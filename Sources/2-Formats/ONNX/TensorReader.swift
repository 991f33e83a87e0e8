import COnnx
import Diagnostics
import Files
import Numbers

/// Reads the elements of a tensor, which stand in its own bytes, in one of its typed fields or in another file, and checks
/// that there are as many as its shape says. Nothing of what it returns points into the message.
struct TensorReader {
  let message: Onnx__TensorProto
  let name: String
  let shape: [Int]
  let location: Diagnostic.Location

  /// More than any network that is read here.
  private static let elementLimit = 1 << 31

  func read() throws -> ONNXTensor {
    // Empty axes do not make the others any smaller.
    let most = shape.reduce(1.0) { $0 * Double(max($1, 1)) }
    guard shape.allSatisfy({ $0 >= 0 }), most <= Double(Self.elementLimit) else {
      throw Diagnostic("a tensor of shape \(shape)", at: location, supported: "extents of 0 or more, 2^31 elements")
    }
    let code = Int(message.data_type)
    guard let type = ONNXElementType(rawValue: code) else {
      throw Diagnostic("a tensor of element type \(code)", at: location, supported: "ONNX' element types 1 to 22")
    }
    return ONNXTensor(name: name, typeCode: code, shape: shape, elements: try elements(type))
  }

  private var count: Int { shape.reduce(1, *) }

  private func elements(_ type: ONNXElementType) throws -> ONNXTensor.Elements {
    // Whoever asks for text says that it cannot be read.
    guard let bits = type.bits else { return .unreadable }
    if message.data_location == 1 {
      return try ExternalData(message, location: location).read().withUnsafeBytes { try elements(type, bits, in: $0) }
    }
    if message.has_raw_data == 1 {
      return try elements(
        type, bits, in: UnsafeRawBufferPointer(start: message.raw_data.data, count: message.raw_data.len))
    }
    return try typedElements(type, bits)
  }

  private func require(_ found: Int, _ unit: String, expected: Int, _ type: ONNXElementType) throws {
    guard found == expected else {
      throw Diagnostic(
        "\(found) \(unit) of data for a tensor of shape \(shape) of \(type.name)", at: location,
        supported: "\(expected) \(unit)", fix: "the file is damaged or cut off: export it again")
    }
  }

  // MARK: Bytes

  /// Little-endian elements, those of 4 bits two to a byte.
  private func elements(
    _ type: ONNXElementType, _ bits: Int, in bytes: UnsafeRawBufferPointer
  ) throws -> ONNXTensor.Elements {
    try require(bytes.count, "bytes", expected: (count * bits + 7) / 8, type)
    switch type {
    case .float: return .floats(load(bytes))
    case .double: return .doubles(load(bytes))
    case .float16: return .floats(load(bytes).map { Float(float16: $0) })
    case .bfloat16: return .floats(load(bytes).map { Float(bfloat16: $0) })
    case .int4, .uint4: return .integers(nibbles(bytes, isSigned: type == .int4))
    case .int8: return .integers(IntegerArray(load(bytes) as [Int8]))
    case .uint8, .bool: return .integers(IntegerArray(load(bytes) as [UInt8]))
    case .int16: return .integers(IntegerArray(load(bytes) as [Int16]))
    case .uint16: return .integers(IntegerArray(load(bytes) as [UInt16]))
    case .int32: return .integers(IntegerArray(load(bytes) as [Int32]))
    case .uint32: return .integers(IntegerArray(load(bytes) as [UInt32]))
    case .int64: return .integers(IntegerArray(load(bytes) as [Int64]))
    case .uint64: return .integers(IntegerArray(try (load(bytes) as [UInt64]).map(signed)))
    case .string, .complex64, .complex128, .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ:
      return .unreadable
    }
  }

  private func load<Value: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer) -> [Value] {
    [Value](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      filled = count
    }
  }

  private func signed(_ number: UInt64) throws -> Int64 {
    guard let signed = Int64(exactly: number) else {
      throw Diagnostic(
        "the number \(number) of uint64", at: location, supported: "integers up to 2^63 - 1",
        fix: "store it as a float, or as int64 where a smaller one is meant")
    }
    return signed
  }

  /// The first of a byte is in its lower half.
  private func nibbles(_ bytes: UnsafeRawBufferPointer, isSigned: Bool) -> IntegerArray {
    IntegerArray(
      (0..<count).map { index -> Int8 in
        let nibble = Int8(bytes[index / 2] >> (index.isMultiple(of: 2) ? 0 : 4) & 0xF)
        return isSigned && nibble > 7 ? nibble - 16 : nibble
      })
  }

  // MARK: Typed fields

  private func typedElements(_ type: ONNXElementType, _ bits: Int) throws -> ONNXTensor.Elements {
    switch type {
    case .float, .complex64:
      let floats = UnsafeBufferPointer(start: message.float_data, count: message.n_float_data)
      try require(floats.count, "elements", expected: count * bits / 32, type)
      return type == .float ? .floats(Array(floats)) : .unreadable
    case .double, .complex128:
      let doubles = UnsafeBufferPointer(start: message.double_data, count: message.n_double_data)
      try require(doubles.count, "elements", expected: count * bits / 64, type)
      return type == .double ? .doubles(Array(doubles)) : .unreadable
    case .int64:
      let integers = UnsafeBufferPointer(start: message.int64_data, count: message.n_int64_data)
      try require(integers.count, "elements", expected: count, type)
      return .integers(IntegerArray(Array(integers)))
    case .uint32, .uint64:
      let integers = UnsafeBufferPointer(start: message.uint64_data, count: message.n_uint64_data)
      try require(integers.count, "elements", expected: count, type)
      return .integers(IntegerArray(try integers.map(signed)))
    case .int4, .uint4:
      // Two to an element, as in bytes.
      let pairs = UnsafeBufferPointer(start: message.int32_data, count: message.n_int32_data)
      try require(pairs.count, "elements", expected: (count + 1) / 2, type)
      return pairs.map { UInt8(truncatingIfNeeded: $0) }.withUnsafeBytes {
        .integers(nibbles($0, isSigned: type == .int4))
      }
    case .string, .float16, .bfloat16, .bool, .int8, .uint8, .int16, .uint16, .int32, .float8E4M3FN, .float8E4M3FNUZ,
      .float8E5M2, .float8E5M2FNUZ:
      let integers = UnsafeBufferPointer(start: message.int32_data, count: message.n_int32_data)
      try require(integers.count, "elements", expected: count, type)
      return try elements(type, from: integers)
    }
  }

  /// ONNX `int32_data`: one to an element; floats of 16 bits as bit patterns.
  private func elements(
    _ type: ONNXElementType, from integers: UnsafeBufferPointer<Int32>
  ) throws -> ONNXTensor.Elements {
    if type == .float16 { return .floats(integers.map { Float(float16: UInt16(truncatingIfNeeded: $0)) }) }
    if type == .bfloat16 { return .floats(integers.map { Float(bfloat16: UInt16(truncatingIfNeeded: $0)) }) }
    guard let range = type.range else { return .unreadable }
    guard integers.allSatisfy({ range.contains(Int64($0)) }) else {
      throw Diagnostic("elements that its type \(type.name) does not hold", at: location)
    }
    return .integers(IntegerArray(Array(integers)))
  }
}

import COnnx
import Diagnostics
import Numbers

/// Reads the elements of a tensor, which stand in its own bytes or in one of its typed fields, and checks that there are as many
/// as its shape says; those in another file are read when somebody asks for them. Nothing of what it returns points into the
/// message.
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
    try require(
      shape.allSatisfy { $0 >= 0 } && most <= Double(Self.elementLimit), "a tensor of shape \(shape)", at: location,
      supported: "extents of 0 or more, 2^31 elements")
    let code = Int(message.data_type)
    let type = try require(
      ONNXElementType(rawValue: code), "a tensor of element type \(code)", at: location,
      supported: "ONNX' element types 1 to \(ONNXElementType.allCases.count)")
    let elements = try elements(ElementDecoder(type: type, shape: shape, location: location))
    return ONNXTensor(name: name, typeCode: code, shape: shape, elements: elements)
  }

  private func elements(_ decoder: ElementDecoder) throws -> ONNXTensor.Elements {
    // Whoever asks for text says that it cannot be read.
    guard let bits = decoder.type.bits else { return .unreadable }
    if message.data_location == 1 { return .external(try ExternalData(message, location: location), decoder) }
    if message.has_raw_data == 1 {
      return try decoder.elements(
        in: UnsafeRawBufferPointer(start: message.raw_data.data, count: message.raw_data.len))
    }
    return try typedElements(decoder, bits)
  }

  private func typedElements(_ decoder: ElementDecoder, _ bits: Int) throws -> ONNXTensor.Elements {
    let type = decoder.type
    let count = shape.reduce(1, *)
    switch type {
    case .float, .complex64:
      let floats = UnsafeBufferPointer(start: message.float_data, count: message.n_float_data)
      try decoder.requireCount(floats.count, "elements", expected: count * bits / 32)
      return type == .float ? .floats(Array(floats)) : .unreadable
    case .double, .complex128:
      let doubles = UnsafeBufferPointer(start: message.double_data, count: message.n_double_data)
      try decoder.requireCount(doubles.count, "elements", expected: count * bits / 64)
      return type == .double ? .doubles(Array(doubles)) : .unreadable
    case .int64:
      let integers = UnsafeBufferPointer(start: message.int64_data, count: message.n_int64_data)
      try decoder.requireCount(integers.count, "elements", expected: count)
      return .integers(IntegerArray(Array(integers)))
    case .uint32, .uint64:
      let integers = UnsafeBufferPointer(start: message.uint64_data, count: message.n_uint64_data)
      try decoder.requireCount(integers.count, "elements", expected: count)
      return .integers(IntegerArray(try integers.map(decoder.signed)))
    case .int4, .uint4, .int2, .uint2, .float4E2M1:
      // Several to an element, as in bytes.
      let bytes = UnsafeBufferPointer(start: message.int32_data, count: message.n_int32_data)
      try decoder.requireCount(bytes.count, "elements", expected: (count * bits + 7) / 8)
      return try bytes.map { UInt8(truncatingIfNeeded: $0) }.withUnsafeBytes { try decoder.elements(in: $0) }
    case .string, .float16, .bfloat16, .bool, .int8, .uint8, .int16, .uint16, .int32, .float8E4M3FN, .float8E4M3FNUZ,
      .float8E5M2, .float8E5M2FNUZ, .float8E8M0, .float6E2M3, .float6E3M2:
      let integers = UnsafeBufferPointer(start: message.int32_data, count: message.n_int32_data)
      try decoder.requireCount(integers.count, "elements", expected: count)
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
    try require(
      integers.allSatisfy { range.contains(Int64($0)) }, "elements that its type \(type.name) does not hold",
      at: location)
    return .integers(IntegerArray(Array(integers)))
  }
}

/// Elements of a tensor from little-endian bytes, those of 2 and 4 bits several to a byte.
struct ElementDecoder: Sendable {
  let type: ONNXElementType
  let shape: [Int]
  let location: Diagnostic.Location

  private var count: Int { shape.reduce(1, *) }

  /// - Throws: `Diagnostic` where there are not as many bytes as the shape says.
  func elements(in bytes: UnsafeRawBufferPointer) throws -> ONNXTensor.Elements {
    guard let bits = type.bits else { return .unreadable }
    try requireCount(bytes.count, "bytes", expected: (count * bits + 7) / 8)
    switch type {
    case .float: return .floats(load(bytes))
    case .double: return .doubles(load(bytes))
    case .float16: return .floats(load(bytes).map { Float(float16: $0) })
    case .bfloat16: return .floats(load(bytes).map { Float(bfloat16: $0) })
    case .int2, .uint2, .int4, .uint4: return .integers(parts(of: bytes, bits: bits))
    case .int8: return .integers(IntegerArray(load(bytes) as [Int8]))
    case .uint8, .bool: return .integers(IntegerArray(load(bytes) as [UInt8]))
    case .int16: return .integers(IntegerArray(load(bytes) as [Int16]))
    case .uint16: return .integers(IntegerArray(load(bytes) as [UInt16]))
    case .int32: return .integers(IntegerArray(load(bytes) as [Int32]))
    case .uint32: return .integers(IntegerArray(load(bytes) as [UInt32]))
    case .int64: return .integers(IntegerArray(load(bytes) as [Int64]))
    case .uint64: return .integers(IntegerArray(try (load(bytes) as [UInt64]).map(signed)))
    case .string, .complex64, .complex128, .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ, .float8E8M0,
      .float6E2M3, .float6E3M2, .float4E2M1:
      return .unreadable
    }
  }

  func requireCount(_ found: Int, _ unit: String, expected: Int) throws {
    try require(
      found == expected, "\(found) \(unit) of data for a tensor of shape \(shape) of \(type.name)", at: location,
      supported: "\(expected) \(unit)", fix: "the file is damaged or cut off: export it again")
  }

  private func load<Value: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer) -> [Value] {
    [Value](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      filled = count
    }
  }

  func signed(_ number: UInt64) throws -> Int64 {
    return try require(
      Int64(exactly: number), "the number \(number) of uint64", at: location, supported: "integers up to 2^63 - 1",
      fix: "store it as a float, or as int64 where a smaller one is meant")
  }

  /// The first of a byte is in its lowest bits.
  private func parts(of bytes: UnsafeRawBufferPointer, bits: Int) -> IntegerArray {
    let isSigned = type == .int4 || type == .int2
    let perByte = 8 / bits
    return IntegerArray(
      (0..<count).map { index -> Int8 in
        let part = Int8(bytes[index / perByte] >> (index % perByte * bits) & (1 << bits - 1))
        return isSigned && part >= 1 << (bits - 1) ? part - 1 << bits : part
      })
  }
}

extension Float {
  /// IEEE 754 binary16.
  init(float16 bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits) & 0x3FF
    switch exponent {
    case 0: self = Float(bitPattern: sign | Float(Float(fraction) * 0x1p-24).bitPattern)
    case 0x1F: self = Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The upper half of a float32.
  init(bfloat16 bits: UInt16) {
    self = Float(bitPattern: UInt32(bits) << 16)
  }
}

import Diagnostics
import Numbers

/// Elements of a tensor from little-endian bytes, those of 4 bits two to a byte.
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
    case .int4, .uint4: return .integers(nibbles(bytes))
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

  /// The first of a byte is in its lower half.
  private func nibbles(_ bytes: UnsafeRawBufferPointer) -> IntegerArray {
    let isSigned = type == .int4
    return IntegerArray(
      (0..<count).map { index -> Int8 in
        let nibble = Int8(bytes[index / 2] >> (index.isMultiple(of: 2) ? 0 : 4) & 0xF)
        return isSigned && nibble > 7 ? nibble - 16 : nibble
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

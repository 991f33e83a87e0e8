import Diagnostics

/// A constant tensor (ONNX `TensorProto`): its elements stand in its own bytes, in one of its typed fields or in another
/// file.
package struct ONNXTensor: Sendable {
  package var name: String
  /// ONNX `TensorProto.DataType` as the file has it.
  package var typeCode: Int
  package var shape: [Int]
  var storage: Storage

  /// Where the elements are, last axis fastest.
  enum Storage: Sendable {
    /// Little-endian, 4-bit elements two to a byte.
    case bytes(ByteBuffer)
    /// ONNX `int32_data`: also of the narrower types, one to an element; float16 and bfloat16 as bit patterns.
    case int32s(ElementBuffer<Int32>)
    case int64s(ElementBuffer<Int64>)
    case uint64s(ElementBuffer<UInt64>)
    case floats(ElementBuffer<Float>)
    case doubles(ElementBuffer<Double>)
  }

  package var type: ONNXElementType? { ONNXElementType(rawValue: typeCode) }
  package var count: Int { shape.reduce(1, *) }
}

extension ONNXTensor {
  /// float32 elements.
  package init(name: String, shape: [Int], floats: [Float]) {
    self.name = name
    typeCode = ONNXElementType.float.rawValue
    self.shape = shape
    storage = .floats(ElementBuffer(floats))
  }

  /// float64 elements.
  package init(name: String, shape: [Int], doubles: [Double]) {
    self.name = name
    typeCode = ONNXElementType.double.rawValue
    self.shape = shape
    storage = .doubles(ElementBuffer(doubles))
  }

  /// Elements of an integer type, which holds them all.
  package init(name: String, type: ONNXElementType, shape: [Int], integers: [Int64]) {
    self.name = name
    typeCode = type.rawValue
    self.shape = shape
    storage = .bytes(ByteBuffer(type.bytes(of: integers)))
  }
}

extension ONNXElementType {
  /// As `raw_data` has them: little-endian, 4-bit ones two to a byte, the first in its lower half.
  fileprivate func bytes(of integers: [Int64]) -> [UInt8] {
    guard let bits, range != nil else { preconditionFailure("\(name) is no integer type") }
    if bits == 4 {
      var bytes = [UInt8](repeating: 0, count: (integers.count + 1) / 2)
      for (index, integer) in integers.enumerated() {
        bytes[index / 2] |= UInt8(truncatingIfNeeded: integer & 0xF) << (index.isMultiple(of: 2) ? 0 : 4)
      }
      return bytes
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(integers.count * bits / 8)
    for integer in integers {
      for shift in stride(from: 0, to: bits, by: 8) { bytes.append(UInt8(truncatingIfNeeded: integer >> shift)) }
    }
    return bytes
  }
}

extension ONNXTensor {
  /// The elements of a floating-point type as float32; of double the nearest.
  ///
  /// - Throws: `Diagnostic` for other types.
  package func floats(at location: Diagnostic.Location) throws -> [Float] {
    switch (type, storage) {
    case (.float, .floats(let buffer)): return Array(buffer.elements)
    case (.float, .bytes(let bytes)): return bytes.loading(Float.self, count: count)
    case (.double, .doubles(let buffer)): return buffer.elements.map { Float($0) }
    case (.double, .bytes(let bytes)): return bytes.loading(Double.self, count: count).map { Float($0) }
    case (.float16, .bytes(let bytes)): return bytes.loading(UInt16.self, count: count).map(Float.init(float16:))
    case (.bfloat16, .bytes(let bytes)): return bytes.loading(UInt16.self, count: count).map(Float.init(bfloat16:))
    case (.float16, .int32s(let buffer)):
      return buffer.elements.map { Float(float16: UInt16(truncatingIfNeeded: $0)) }
    case (.bfloat16, .int32s(let buffer)):
      return buffer.elements.map { Float(bfloat16: UInt16(truncatingIfNeeded: $0)) }
    default: throw unexpected("float, double, float16 and bfloat16", at: location)
    }
  }

  /// The elements of an integer type or bool.
  ///
  /// - Throws: `Diagnostic` for other types.
  package func integers(at location: Diagnostic.Location) throws -> [Int64] {
    guard let type, let range = type.range else { throw unexpected("integers", at: location) }
    switch storage {
    case .bytes(let bytes):
      switch type {
      case .int8: return bytes.loading(Int8.self, count: count).map { Int64($0) }
      case .uint8, .bool: return bytes.loading(UInt8.self, count: count).map { Int64($0) }
      case .int16: return bytes.loading(Int16.self, count: count).map { Int64($0) }
      case .uint16: return bytes.loading(UInt16.self, count: count).map { Int64($0) }
      case .int32: return bytes.loading(Int32.self, count: count).map { Int64($0) }
      case .uint32: return bytes.loading(UInt32.self, count: count).map { Int64($0) }
      case .int64: return bytes.loading(Int64.self, count: count)
      case .uint64: return bytes.loading(UInt64.self, count: count).map { Int64(clamping: $0) }
      case .int4, .uint4: return bytes.nibbles(count: count, isSigned: type == .int4)
      default: throw unexpected("integers", at: location)
      }
    case .int32s(let buffer) where type == .int4 || type == .uint4:
      // Two to an element, as in bytes.
      let bytes = buffer.elements.map { UInt8(truncatingIfNeeded: $0) }
      return ByteBuffer(bytes).nibbles(count: count, isSigned: type == .int4)
    case .int32s(let buffer):
      let wrapped = buffer.elements.map { Int64($0) }
      guard wrapped.allSatisfy(range.contains) else {
        throw Diagnostic("elements that its type \(type.name) does not hold", at: tensorLocation(location))
      }
      return wrapped
    case .int64s(let buffer): return Array(buffer.elements)
    case .uint64s(let buffer): return buffer.elements.map { Int64(clamping: $0) }
    case .floats, .doubles: throw unexpected("integers", at: location)
    }
  }

  private func tensorLocation(_ location: Diagnostic.Location) -> Diagnostic.Location {
    var location = location
    location.tensor = name.isEmpty ? location.tensor : name
    return location
  }

  private func unexpected(_ supported: String, at location: Diagnostic.Location) -> Diagnostic {
    Diagnostic(
      "a tensor of \(type?.name ?? "element type \(typeCode)")", at: tensorLocation(location), supported: supported)
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

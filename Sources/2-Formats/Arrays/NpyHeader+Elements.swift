import Diagnostics

extension NpyHeader {
  /// The elements in the order of the file.
  /// - Throws: `Diagnostic` for an integer that a double cannot hold.
  func decode(_ bytes: [UInt8], at place: Diagnostic.Location) throws -> [Double] {
    switch type {
    case .bool: integers(bytes, of: UInt8.self).map { $0 == 0 ? 0 : 1 }
    case .int8: integers(bytes, of: Int8.self).map { Double($0) }
    case .int16: integers(bytes, of: Int16.self).map { Double($0) }
    case .int32: integers(bytes, of: Int32.self).map { Double($0) }
    case .int64: try integers(bytes, of: Int64.self).map { try exact($0, at: place) }
    case .uint8: integers(bytes, of: UInt8.self).map { Double($0) }
    case .uint16: integers(bytes, of: UInt16.self).map { Double($0) }
    case .uint32: integers(bytes, of: UInt32.self).map { Double($0) }
    case .uint64: try integers(bytes, of: UInt64.self).map { try exact($0, at: place) }
    case .float16: integers(bytes, of: UInt16.self).map { Double(Float16(bitPattern: $0)) }
    case .float32: integers(bytes, of: UInt32.self).map { Double(Float(bitPattern: $0)) }
    case .float64: integers(bytes, of: UInt64.self).map { Double(bitPattern: $0) }
    }
  }

  /// From columns first to rows first.
  func rowMajor(_ values: [Double]) -> [Double] {
    guard shape.count > 1, !values.isEmpty else { return values }
    // The distance in the file between neighbours along each axis.
    var strides: [Int] = []
    var stride = 1
    for size in shape {
      strides.append(stride)
      stride *= size
    }
    var index = [Int](repeating: 0, count: shape.count)
    var from = 0
    return values.indices.map { _ in
      defer {
        var axis = shape.count - 1
        while axis >= 0 {
          index[axis] += 1
          from += strides[axis]
          if index[axis] < shape[axis] { break }
          from -= strides[axis] * shape[axis]
          index[axis] = 0
          axis -= 1
        }
      }
      return values[from]
    }
  }

  private func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: [UInt8], of: Integer.Type
  ) -> [Integer] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: MemoryLayout<Integer>.size).map { offset in
        let raw = bytes.loadUnaligned(fromByteOffset: offset, as: Integer.self)
        return isBigEndian ? Integer(bigEndian: raw) : Integer(littleEndian: raw)
      }
    }
  }
}

/// - Throws: `Diagnostic` if a double cannot hold the integer.
func exact(_ integer: some BinaryInteger, at place: Diagnostic.Location) throws -> Double {
  if let value = Double(exactly: integer) { return value }
  throw Diagnostic("holds \(integer)", at: place, supported: "integers that a 64-bit float holds exactly")
}

import Diagnostics
import Files

/// NumPy's `.npy` files.
package enum NpyFile {
  /// - Throws: `Diagnostic` with the file: what is no `.npy` file, other element types, fewer elements than the shape
  ///   says, more than the budget of memory allows, integers that a double cannot hold.
  package static func load(_ path: String) throws -> NumericArray {
    let file = try InputFile(path)
    let place = Diagnostic.Location(file: path)
    let range = try NpyHeader.dictionaryRange(try file.bytes(at: 0, count: 12), at: place)
    guard range.upperBound <= file.size else { throw Diagnostic("the file is truncated in its header", at: place) }
    let header = try NpyHeader(dictionary: try file.bytes(at: range.lowerBound, count: range.count), at: place)

    let available = (file.size - range.upperBound) / header.type.size
    guard let count = header.shape.elementCount, count <= available else {
      throw Diagnostic(
        "the file is truncated or damaged: its shape is \(header.shape), and it has \(available) elements", at: place)
    }
    var budget = try MemoryBudget()
    try budget.take(count, of: MemoryLayout<Double>.size, for: "its numbers", at: place)
    let bytes = try file.bytes(at: range.upperBound, count: count * header.type.size)
    try require(bytes.count == count * header.type.size, "the file became shorter while it was read", at: place)
    let values = try header.decode(bytes, at: place)
    return NumericArray(
      shape: header.shape, values: header.isFortranOrder ? header.rowMajor(values) : values,
      integers: header.type.isInteger ? header.type : nil)
  }

  /// The array as a `.npy` file of format 1.0, little-endian, in C order.
  /// - Throws: `Diagnostic` for a value that the type cannot hold. Floats are rounded to nearest even.
  package static func encode(_ array: NumericArray, as type: NumericType) throws -> [UInt8] {
    var bytes = NpyHeader(type: type, shape: array.shape).encoded
    bytes.reserveCapacity(bytes.count + array.values.count * type.size)
    switch type {
    case .bool: try append(array.values, as: UInt8.self, upTo: 1, to: &bytes)
    case .int8: try append(array.values, as: Int8.self, to: &bytes)
    case .int16: try append(array.values, as: Int16.self, to: &bytes)
    case .int32: try append(array.values, as: Int32.self, to: &bytes)
    case .int64: try append(array.values, as: Int64.self, to: &bytes)
    case .uint8: try append(array.values, as: UInt8.self, to: &bytes)
    case .uint16: try append(array.values, as: UInt16.self, to: &bytes)
    case .uint32: try append(array.values, as: UInt32.self, to: &bytes)
    case .uint64: try append(array.values, as: UInt64.self, to: &bytes)
    case .float16: for value in array.values { append(Float16(value).bitPattern, to: &bytes) }
    case .float32: for value in array.values { append(Float(value).bitPattern, to: &bytes) }
    case .float64: for value in array.values { append(value.bitPattern, to: &bytes) }
    }
    return bytes
  }

  /// Writes the array whole or not at all.
  /// - Throws: `Diagnostic` for a value that the type cannot hold, or a file that cannot be written.
  package static func save(_ array: NumericArray, as type: NumericType, to path: String) throws {
    try OutputFile.write(try encode(array, as: type), to: path)
  }

  private static func append<Integer: FixedWidthInteger>(
    _ values: [Double], as: Integer.Type, upTo limit: Integer = .max, to bytes: inout [UInt8]
  ) throws {
    for value in values {
      guard let integer = Integer(exactly: value), integer <= limit else {
        throw Diagnostic("the value \(value)", supported: "integers from \(Integer.min) to \(limit)")
      }
      append(integer, to: &bytes)
    }
  }

  private static func append<Integer: FixedWidthInteger>(_ integer: Integer, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: integer.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

import Diagnostics
import Numbers
import TFLite

extension TFLiteModel {
  /// The integers of a constant tensor, last axis fastest.
  /// - Throws: `Diagnostic` where it holds none, or not as many as its shape says.
  func integers(of tensor: TFLiteTensor, at location: Diagnostic.Location) throws -> IntegerArray {
    switch tensor.type {
    case .int8: return IntegerArray(try numbers(of: tensor, at: location) as [Int8])
    case .uint8: return IntegerArray(try numbers(of: tensor, at: location) as [UInt8])
    case .int16: return IntegerArray(try numbers(of: tensor, at: location) as [Int16])
    case .int32: return IntegerArray(try numbers(of: tensor, at: location) as [Int32])
    case .int64: return IntegerArray(try numbers(of: tensor, at: location) as [Int64])
    case .int4: return try halfBytes(of: tensor, at: location)
    case .float32, .float16, .string, .bool, .complex64, .float64, .complex128, .uint64, .resource, .variant, .uint32,
      .uint16, .bfloat16, .unknown:
      throw Diagnostic(
        "constants of \(tensor.type.name)", at: location, supported: "int4, int8, uint8, int16, int32 and int64")
    }
  }

  func hasConstants(_ tensor: TFLiteTensor) -> Bool {
    buffers.indices.contains(tensor.buffer) && buffers[tensor.buffer]?.isEmpty == false
  }

  /// Two to a byte, the first one below.
  private func halfBytes(of tensor: TFLiteTensor, at location: Diagnostic.Location) throws -> IntegerArray {
    let count = try elementCount(of: tensor, at: location)
    let bytes = try bytes(of: tensor, count: (count + 1) / 2, at: location)
    return IntegerArray(
      (0..<count).map { index in
        let byte = Int8(bitPattern: bytes[bytes.startIndex + index / 2])
        return index % 2 == 0 ? (byte << 4) >> 4 : byte >> 4
      } as [Int8])
  }

  private func numbers<Number: BitwiseCopyable>(
    of tensor: TFLiteTensor, at location: Diagnostic.Location
  ) throws -> [Number] {
    let size = MemoryLayout<Number>.size
    let count = try elementCount(of: tensor, at: location)
    let bytes = try bytes(of: tensor, count: count * size, at: location)
    return bytes.withUnsafeBytes { raw in
      (0..<count).map { raw.loadUnaligned(fromByteOffset: $0 * size, as: Number.self) }
    }
  }

  private func elementCount(of tensor: TFLiteTensor, at location: Diagnostic.Location) throws -> Int {
    let count = try require(
      tensor.shape.elementCount, "a constant of shape \(tensor.shape)", at: location)
    try require(
      count <= bytes.count * 2, "a constant of \(count) numbers in a file of \(bytes.count) bytes", at: location)
    return count
  }

  private func bytes(of tensor: TFLiteTensor, count: Int, at location: Diagnostic.Location) throws -> ArraySlice<UInt8>
  {
    let range = buffers.indices.contains(tensor.buffer) ? buffers[tensor.buffer] : nil
    let found = range?.count ?? 0
    try require(
      found == count, "a constant of shape \(tensor.shape), \(tensor.type.name), in \(found) bytes", at: location,
      supported: "\(count) bytes", fix: "the file is damaged: convert the network again")
    return range.map { bytes[$0] } ?? []
  }
}

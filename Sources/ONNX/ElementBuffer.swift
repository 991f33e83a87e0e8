/// Elements that the parser holds, or an array of our own.
struct ElementBuffer<Element: BitwiseCopyable & Sendable>: Sendable {
  private enum Place: Sendable {
    case array([Element])
    case parsed(ParsedModel, address: UInt, count: Int)
  }

  private let place: Place

  init(_ array: [Element]) {
    place = .array(array)
  }

  /// `count` elements at a pointer into `model`'s memory, which is kept as long as the buffer is.
  init(in model: ParsedModel, _ pointer: UnsafeMutablePointer<Element>?, count: Int) {
    guard let pointer, count > 0 else {
      place = .array([])
      return
    }
    place = .parsed(model, address: UInt(bitPattern: pointer), count: count)
  }

  var count: Int {
    switch place {
    case .array(let array): array.count
    case .parsed(_, _, let count): count
    }
  }

  /// A copy; nothing is copied where the array is our own.
  var elements: [Element] {
    switch place {
    case .array(let array): array
    case .parsed(_, let address, let count):
      Array(UnsafeBufferPointer(start: UnsafePointer<Element>(bitPattern: address), count: count))
    }
  }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    switch place {
    case .array(let array): return try array.withUnsafeBytes(body)
    case .parsed(let model, let address, let count):
      defer { withExtendedLifetime(model) {} }
      return try body(
        UnsafeRawBufferPointer(
          start: UnsafeRawPointer(bitPattern: address), count: count * MemoryLayout<Element>.stride))
    }
  }
}

typealias ByteBuffer = ElementBuffer<UInt8>

extension ElementBuffer<UInt8> {
  /// Little-endian elements; there are `count` of them.
  func loading<Value: BitwiseCopyable>(_ type: Value.Type, count: Int) -> [Value] {
    withUnsafeBytes { bytes in
      precondition(bytes.count >= count * MemoryLayout<Value>.stride, "the reader checked how many bytes there are")
      return [Value](unsafeUninitializedCapacity: count) { buffer, filled in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * MemoryLayout<Value>.stride)]))
        filled = count
      }
    }
  }

  /// 4-bit elements, the first in the lower half of a byte.
  func nibbles(count: Int, isSigned: Bool) -> [Int64] {
    withUnsafeBytes { bytes in
      (0..<count).map { index in
        let nibble = Int64(bytes[index / 2] >> (index.isMultiple(of: 2) ? 0 : 4) & 0xF)
        return isSigned && nibble > 7 ? nibble - 16 : nibble
      }
    }
  }
}

/// The codes of a tensor for one sample after another, as the host hands them in.
package enum CodeArray: Hashable, Sendable {
  case int8([Int8])
  case uint8([UInt8])
  case int16([Int16])
  case int32([Int32])
  case int64([Int64])

  package var count: Int {
    switch self {
    case .int8(let codes): codes.count
    case .uint8(let codes): codes.count
    case .int16(let codes): codes.count
    case .int32(let codes): codes.count
    case .int64(let codes): codes.count
    }
  }

  /// The least and the largest code where they are not all in `range`; nil where they are.
  func extent(unlessIn range: ClosedRange<Int64>) -> ClosedRange<Int64>? {
    func extent<Code: FixedWidthInteger>(_ codes: [Code]) -> ClosedRange<Int64>? {
      if range.contains(Int64(Code.min)), range.contains(Int64(Code.max)) { return nil }
      guard var lower = codes.first else { return nil }
      var upper = lower
      for code in codes {
        lower = min(lower, code)
        upper = max(upper, code)
      }
      return range.contains(Int64(lower)) && range.contains(Int64(upper)) ? nil : Int64(lower)...Int64(upper)
    }
    return switch self {
    case .int8(let codes): extent(codes)
    case .uint8(let codes): extent(codes)
    case .int16(let codes): extent(codes)
    case .int32(let codes): extent(codes)
    case .int64(let codes): extent(codes)
    }
  }

  /// Writes `count` codes from `start` on to `target`.
  func copy(from start: Int, count: Int, to target: CodePointer) {
    precondition(start >= 0 && start + count <= self.count, "codes beyond the end of an input")
    func copy<Code: FixedWidthInteger>(_ codes: [Code]) {
      codes.withUnsafeBufferPointer { codes in
        guard let base = codes.baseAddress else { return }
        target.write(base + start, count: count)
      }
    }
    switch self {
    case .int8(let codes): copy(codes)
    case .uint8(let codes): copy(codes)
    case .int16(let codes): copy(codes)
    case .int32(let codes): copy(codes)
    case .int64(let codes): copy(codes)
    }
  }
}

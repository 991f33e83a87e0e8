/// The codes of a tensor for one sample after another, as the host hands them in.
package enum CodeArray: Hashable, Sendable {
  case int16([Int16])
  case int32([Int32])
  case int64([Int64])

  package var count: Int {
    switch self {
    case .int16(let codes): codes.count
    case .int32(let codes): codes.count
    case .int64(let codes): codes.count
    }
  }

  /// Nil where there are no codes.
  var range: ClosedRange<Int64>? {
    func range<Code: FixedWidthInteger & SignedInteger>(_ codes: [Code]) -> ClosedRange<Int64>? {
      guard var lower = codes.first else { return nil }
      var upper = lower
      for code in codes {
        lower = min(lower, code)
        upper = max(upper, code)
      }
      return Int64(lower)...Int64(upper)
    }
    return switch self {
    case .int16(let codes): range(codes)
    case .int32(let codes): range(codes)
    case .int64(let codes): range(codes)
    }
  }

  /// Writes `count` codes from `start` on to `target`.
  func copy(from start: Int, count: Int, to target: CodePointer) {
    precondition(start >= 0 && start + count <= self.count, "codes beyond the end of an input")
    func copy<Code>(_ codes: [Code], _ width: CodeWidth) {
      codes.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        // Read only: the pointer is mutable because `CodePointer` is.
        let source = CodePointer(base: UnsafeMutableRawPointer(mutating: base), width: width)
        target.write(source.advanced(by: start), count: count)
      }
    }
    switch self {
    case .int16(let codes): copy(codes, .int16)
    case .int32(let codes): copy(codes, .int32)
    case .int64(let codes): copy(codes, .int64)
    }
  }
}

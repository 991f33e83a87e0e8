import IntegerProgram
import Numbers
import Quantization

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

/// How wide a code or an accumulator lies in the simulator's memory, in bits.
package enum CodeWidth: Int, Hashable, Sendable {
  case int16 = 16
  case int32 = 32
  case int64 = 64

  /// The narrowest that holds `range`.
  init(holding range: ClosedRange<Int64>) {
    switch IntegerType.narrowestSigned(holding: range).bits {
    case ...16: self = .int16
    case ...32: self = .int32
    default: self = .int64
    }
  }

  init(_ tensor: ProgramTensor) {
    self.init(holding: tensor.range)
  }

  var bytes: Int { rawValue / 8 }

  /// The nearest code that it holds.
  func clamp(_ code: Int64) -> Int64 {
    code.clamped(to: IntegerType(bits: rawValue, isSigned: true).range)
  }
}

/// Codes in the simulator's memory, one after another. Whoever makes it answers for the memory's extent.
struct CodePointer {
  var base: UnsafeMutableRawPointer
  var width: CodeWidth

  func advanced(by elements: Int) -> CodePointer {
    CodePointer(base: base + elements * width.bytes, width: width)
  }

  var int16: UnsafeMutablePointer<Int16> { base.assumingMemoryBound(to: Int16.self) }
  var int32: UnsafeMutablePointer<Int32> { base.assumingMemoryBound(to: Int32.self) }
  var int64: UnsafeMutablePointer<Int64> { base.assumingMemoryBound(to: Int64.self) }

  /// One code, the low bits of `newValue` where it does not fit.
  subscript(index: Int) -> Int64 {
    get {
      switch width {
      case .int16: Int64(int16[index])
      case .int32: Int64(int32[index])
      case .int64: int64[index]
      }
    }
    nonmutating set {
      switch width {
      case .int16: int16[index] = Int16(truncatingIfNeeded: newValue)
      case .int32: int32[index] = Int32(truncatingIfNeeded: newValue)
      case .int64: int64[index] = newValue
      }
    }
  }

  func fill(_ count: Int, with code: Int64) {
    switch width {
    case .int16: int16.update(repeating: Int16(truncatingIfNeeded: code), count: count)
    case .int32: int32.update(repeating: Int32(truncatingIfNeeded: code), count: count)
    case .int64: int64.update(repeating: code, count: count)
    }
  }

  /// Writes `source` x coefficient + offset over `count` codes here. Widths differ where ranges do; that every result
  /// fits is what `ProgramVerifier` shows.
  func write(_ source: CodePointer, count: Int, coefficient: Int64 = 1, offset: Int64 = 0) {
    if source.width == width, coefficient == 1, offset == 0 {
      base.copyMemory(from: source.base, byteCount: count * width.bytes)
      return
    }
    switch source.width {
    case .int16: write(source.int16, count, coefficient, offset)
    case .int32: write(source.int32, count, coefficient, offset)
    case .int64: write(source.int64, count, coefficient, offset)
    }
  }

  private func write<Source: FixedWidthInteger>(
    _ source: UnsafeMutablePointer<Source>, _ count: Int, _ coefficient: Int64, _ offset: Int64
  ) {
    switch width {
    case .int16: transform(source, int16, count, coefficient, offset)
    case .int32: transform(source, int32, count, coefficient, offset)
    case .int64: transform(source, int64, count, coefficient, offset)
    }
  }

  /// The same over one axis of a box, from its beginning on both sides on.
  func write(_ source: CodePointer, _ run: BoxCopy.Axis, coefficient: Int64, offset: Int64) {
    if run.positions == nil, run.sourceStride == 1, run.targetStride == 1 {
      return write(source, count: run.extent, coefficient: coefficient, offset: offset)
    }
    for index in 0..<run.extent {
      self[index * run.targetStride] = source[run.sourceOffset(index)] &* coefficient &+ offset
    }
  }

  /// Adds `source` x coefficient, modulo 2^64, to `count` 64-bit accumulators here.
  func accumulate(_ source: CodePointer, count: Int, coefficient: Int64) {
    switch source.width {
    case .int16: add(source.int16, int64, count, coefficient)
    case .int32: add(source.int32, int64, count, coefficient)
    case .int64: add(source.int64, int64, count, coefficient)
    }
  }
}

private func transform<Source: FixedWidthInteger, Target: FixedWidthInteger>(
  _ source: UnsafeMutablePointer<Source>, _ target: UnsafeMutablePointer<Target>, _ count: Int, _ coefficient: Int64,
  _ offset: Int64
) {
  if coefficient == 1, offset == 0 {
    for index in 0..<count { target[index] = Target(truncatingIfNeeded: source[index]) }
  } else {
    for index in 0..<count {
      target[index] = Target(truncatingIfNeeded: Int64(truncatingIfNeeded: source[index]) &* coefficient &+ offset)
    }
  }
}

private func add<Source: FixedWidthInteger>(
  _ source: UnsafeMutablePointer<Source>, _ target: UnsafeMutablePointer<Int64>, _ count: Int, _ coefficient: Int64
) {
  for index in 0..<count { target[index] &+= Int64(truncatingIfNeeded: source[index]) &* coefficient }
}

/// A block of memory, freed with its last reference. Cache-line aligned, not cleared.
///
/// Unchecked: threads write disjoint parts of it, and it is read once they have ended.
final class CodeMemory: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  static let alignment = 64

  init(bytes: Int) {
    base = .allocate(byteCount: max(bytes, 1), alignment: CodeMemory.alignment)
  }

  deinit {
    base.deallocate()
  }

  /// `bytes` rounded up to whole cache lines.
  static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) & ~(alignment - 1) }
}

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

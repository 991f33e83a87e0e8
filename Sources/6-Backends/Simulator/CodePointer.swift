import IntegerProgram

/// Codes in the simulator's memory, one after another. Whoever makes it answers for the memory's extent.
struct CodePointer {
  var base: UnsafeMutableRawPointer
  var format: CodeFormat

  func advanced(by elements: Int) -> CodePointer {
    CodePointer(base: base + elements * format.bytes, format: format)
  }

  /// The codes minus the format's origin.
  var uint8: UnsafeMutablePointer<UInt8> { base.assumingMemoryBound(to: UInt8.self) }
  var int16: UnsafeMutablePointer<Int16> { base.assumingMemoryBound(to: Int16.self) }
  var int32: UnsafeMutablePointer<Int32> { base.assumingMemoryBound(to: Int32.self) }
  var int64: UnsafeMutablePointer<Int64> { base.assumingMemoryBound(to: Int64.self) }

  /// One code, the low bits of `newValue` where it does not fit.
  subscript(index: Int) -> Int64 {
    get {
      switch format {
      case .byte(let least): Int64(uint8[index]) + least
      case .int16: Int64(int16[index])
      case .int32: Int64(int32[index])
      case .int64: int64[index]
      }
    }
    nonmutating set {
      switch format {
      case .byte(let least): uint8[index] = UInt8(truncatingIfNeeded: newValue &- least)
      case .int16: int16[index] = Int16(truncatingIfNeeded: newValue)
      case .int32: int32[index] = Int32(truncatingIfNeeded: newValue)
      case .int64: int64[index] = newValue
      }
    }
  }

  func fill(_ count: Int, with code: Int64) {
    switch format {
    case .byte(let least): uint8.update(repeating: UInt8(truncatingIfNeeded: code &- least), count: count)
    case .int16: int16.update(repeating: Int16(truncatingIfNeeded: code), count: count)
    case .int32: int32.update(repeating: Int32(truncatingIfNeeded: code), count: count)
    case .int64: int64.update(repeating: code, count: count)
    }
  }

  /// Writes `source` x coefficient + offset over `count` codes here. Formats differ where ranges do; that every result
  /// fits is what `ProgramVerifier` shows.
  func write(_ source: CodePointer, count: Int, coefficient: Int64 = 1, offset: Int64 = 0) {
    if source.format == format, coefficient == 1, offset == 0 {
      base.copyMemory(from: source.base, byteCount: count * format.bytes)
      return
    }
    let offset = source.format.origin &* coefficient &+ offset
    switch source.format {
    case .byte: write(source.uint8, count: count, coefficient: coefficient, offset: offset)
    case .int16: write(source.int16, count: count, coefficient: coefficient, offset: offset)
    case .int32: write(source.int32, count: count, coefficient: coefficient, offset: offset)
    case .int64: write(source.int64, count: count, coefficient: coefficient, offset: offset)
    }
  }

  /// The same of plain integers.
  func write<Source: FixedWidthInteger>(
    _ source: UnsafePointer<Source>, count: Int, coefficient: Int64 = 1, offset: Int64 = 0
  ) {
    let offset = offset &- format.origin
    switch format {
    case .byte: transform(source, uint8, count, coefficient, offset)
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
    let offset = source.format.origin &* coefficient
    switch source.format {
    case .byte: add(source.uint8, int64, count, coefficient, offset)
    case .int16: add(source.int16, int64, count, coefficient, offset)
    case .int32: add(source.int32, int64, count, coefficient, offset)
    case .int64: add(source.int64, int64, count, coefficient, offset)
    }
  }
}

private func transform<Source: FixedWidthInteger, Target: FixedWidthInteger>(
  _ source: UnsafePointer<Source>, _ target: UnsafeMutablePointer<Target>, _ count: Int, _ coefficient: Int64,
  _ offset: Int64
) {
  if coefficient == 1 {
    // Modulo the target's width, which holds every result.
    let offset = Target(truncatingIfNeeded: offset)
    for index in 0..<count { target[index] = Target(truncatingIfNeeded: source[index]) &+ offset }
  } else {
    for index in 0..<count {
      target[index] = Target(truncatingIfNeeded: Int64(truncatingIfNeeded: source[index]) &* coefficient &+ offset)
    }
  }
}

private func add<Source: FixedWidthInteger>(
  _ source: UnsafePointer<Source>, _ target: UnsafeMutablePointer<Int64>, _ count: Int, _ coefficient: Int64,
  _ offset: Int64
) {
  for index in 0..<count {
    target[index] &+= Int64(truncatingIfNeeded: source[index]) &* coefficient &+ offset
  }
}

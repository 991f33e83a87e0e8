/// Integers in as few bytes each as the widest of them needs: most codes of parameters need one.
package struct IntegerArray: Sendable, Equatable {
  /// For loops over all elements, which shall not ask for the width at each of them.
  package enum Storage: Sendable, Equatable {
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
    case int64([Int64])
  }

  package let storage: Storage

  /// - Precondition: `Int64` holds them all.
  @inlinable
  package init<Integer: FixedWidthInteger>(_ elements: [Integer]) {
    var least: Integer = 0
    var most: Integer = 0
    for element in elements {
      least = Swift.min(least, element)
      most = Swift.max(most, element)
    }
    if Int8(exactly: least) != nil, Int8(exactly: most) != nil {
      storage = .int8(Self.narrowed(elements))
    } else if Int16(exactly: least) != nil, Int16(exactly: most) != nil {
      storage = .int16(Self.narrowed(elements))
    } else if Int32(exactly: least) != nil, Int32(exactly: most) != nil {
      storage = .int32(Self.narrowed(elements))
    } else {
      precondition(Int64(exactly: most) != nil, "codes are signed integers of 64 bits")
      storage = .int64(Self.narrowed(elements))
    }
  }

  /// Nothing is copied where the type stays.
  @inlinable
  package static func narrowed<Integer: FixedWidthInteger, Narrow: FixedWidthInteger>(
    _ elements: [Integer]
  ) -> [Narrow] {
    elements as? [Narrow] ?? elements.map { Narrow(truncatingIfNeeded: $0) }
  }

  /// All of them in 8 bytes each.
  package var widened: [Int64] {
    switch storage {
    case .int8(let elements): elements.map { Int64($0) }
    case .int16(let elements): elements.map { Int64($0) }
    case .int32(let elements): elements.map { Int64($0) }
    case .int64(let elements): elements
    }
  }

  /// From the least to the largest; 0 for none.
  package var range: ClosedRange<Int64> {
    func range<Integer: FixedWidthInteger>(_ elements: [Integer]) -> ClosedRange<Int64> {
      guard let first = elements.first else { return 0...0 }
      var (least, most) = (first, first)
      for element in elements {
        least = Swift.min(least, element)
        most = Swift.max(most, element)
      }
      return Int64(least)...Int64(most)
    }
    return switch storage {
    case .int8(let elements): range(elements)
    case .int16(let elements): range(elements)
    case .int32(let elements): range(elements)
    case .int64(let elements): range(elements)
    }
  }
}

extension IntegerArray: RandomAccessCollection {
  package var startIndex: Int { 0 }

  package var endIndex: Int {
    switch storage {
    case .int8(let elements): elements.count
    case .int16(let elements): elements.count
    case .int32(let elements): elements.count
    case .int64(let elements): elements.count
    }
  }

  package subscript(index: Int) -> Int64 {
    switch storage {
    case .int8(let elements): Int64(elements[index])
    case .int16(let elements): Int64(elements[index])
    case .int32(let elements): Int64(elements[index])
    case .int64(let elements): elements[index]
    }
  }
}

extension IntegerArray: ExpressibleByArrayLiteral {
  package init(arrayLiteral elements: Int64...) {
    self.init(elements)
  }
}

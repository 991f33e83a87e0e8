/// Integers in as few bytes each as the widest of them needs: most codes of parameters need one.
package struct IntegerArray: Sendable, Hashable, ExpressibleByArrayLiteral {
  /// For loops over all elements, which shall not ask for the width at each of them.
  package enum Storage: Sendable, Hashable {
    case int8([Int8])
    case uint8([UInt8])
    case int16([Int16])
    case int32([Int32])
    case int64([Int64])
  }

  package let storage: Storage

  // One for each type and no generic one: other modules' calls of that would not be specialized.
  package init(_ elements: [Int8]) { storage = .int8(elements) }
  package init(_ elements: [UInt8]) { storage = Self.narrowest(elements, elseAs: .uint8(elements)) }
  package init(_ elements: [Int16]) { storage = Self.narrowest(elements, elseAs: .int16(elements)) }
  package init(_ elements: [UInt16]) { storage = Self.narrowest(elements, elseAs: nil) }
  package init(_ elements: [Int32]) { storage = Self.narrowest(elements, elseAs: .int32(elements)) }
  package init(_ elements: [UInt32]) { storage = Self.narrowest(elements, elseAs: nil) }
  package init(_ elements: [Int64]) { storage = Self.narrowest(elements, elseAs: .int64(elements)) }
  package init(_ elements: [Int]) { storage = Self.narrowest(elements, elseAs: nil) }

  /// `count` elements, all in `range`, one after another.
  package init(count: Int, in range: ClosedRange<Int64>, _ element: (Int) -> Int64) {
    func holds<Integer: FixedWidthInteger>(_: Integer.Type) -> Bool {
      Integer(exactly: range.lowerBound) != nil && Integer(exactly: range.upperBound) != nil
    }
    if holds(Int8.self) {
      self.init((0..<count).map { Int8(element($0)) })
    } else if holds(UInt8.self) {
      self.init((0..<count).map { UInt8(element($0)) })
    } else if holds(Int16.self) {
      self.init((0..<count).map { Int16(element($0)) })
    } else {
      self.init((0..<count).map { element($0) })
    }
  }

  /// - Parameter same: what the elements are without a copy, where no narrower type holds them.
  private static func narrowest<Integer: FixedWidthInteger>(_ elements: [Integer], elseAs same: Storage?) -> Storage {
    var least: Integer = 0
    var most: Integer = 0
    for element in elements {
      least = Swift.min(least, element)
      most = Swift.max(most, element)
    }
    func holds<Narrow: FixedWidthInteger>(_: Narrow.Type) -> Bool {
      Narrow(exactly: least) != nil && Narrow(exactly: most) != nil
    }
    func narrowed<Narrow: FixedWidthInteger>() -> [Narrow] { elements.map { Narrow(truncatingIfNeeded: $0) } }
    if holds(Int8.self) { return .int8(narrowed()) }
    if let same, case .uint8 = same { return same }
    if holds(UInt8.self) { return .uint8(narrowed()) }
    if let same, case .int16 = same { return same }
    if holds(Int16.self) { return .int16(narrowed()) }
    if let same, case .int32 = same { return same }
    if holds(Int32.self) { return .int32(narrowed()) }
    return same ?? .int64(narrowed())
  }

  /// How many bytes each takes.
  package var bytesPerElement: Int {
    switch storage {
    case .int8, .uint8: 1
    case .int16: 2
    case .int32: 4
    case .int64: 8
    }
  }

  /// All of them in 8 bytes each.
  package var widened: [Int64] {
    switch storage {
    case .int8(let elements): elements.map { Int64($0) }
    case .uint8(let elements): elements.map { Int64($0) }
    case .int16(let elements): elements.map { Int64($0) }
    case .int32(let elements): elements.map { Int64($0) }
    case .int64(let elements): elements
    }
  }

  /// One after another, without asking for the width at each of them.
  @inlinable
  package func forEachElement(_ body: (Int64) -> Void) {
    switch storage {
    case .int8(let elements): for element in elements { body(Int64(element)) }
    case .uint8(let elements): for element in elements { body(Int64(element)) }
    case .int16(let elements): for element in elements { body(Int64(element)) }
    case .int32(let elements): for element in elements { body(Int64(element)) }
    case .int64(let elements): for element in elements { body(element) }
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
    case .uint8(let elements): range(elements)
    case .int16(let elements): range(elements)
    case .int32(let elements): range(elements)
    case .int64(let elements): range(elements)
    }
  }

  /// Where they are rows of `columns`: of each column the sum of the elements above and of those below zero.
  package func columnSums(_ columns: Int) -> (positive: [Int128], negative: [Int128]) {
    precondition(columns > 0 && count.isMultiple(of: columns), "whole rows")
    func sums<Integer: FixedWidthInteger, Sum: FixedWidthInteger>(
      _ elements: [Integer], as _: Sum.Type
    ) -> (positive: [Int128], negative: [Int128]) {
      var positive = [Sum](repeating: 0, count: columns)
      var negative = positive
      elements.withUnsafeBufferPointer { elements in
        positive.withUnsafeMutableBufferPointer { positive in
          negative.withUnsafeMutableBufferPointer { negative in
            for row in stride(from: 0, to: elements.count, by: columns) {
              // Without a branch on the sign, which nobody foresees, and without one on overflow: `Sum` holds every sum of
              // as many elements as memory has.
              for column in 0..<columns {
                let element = elements[row + column]
                positive[column] &+= Sum(truncatingIfNeeded: Swift.max(element, 0))
                negative[column] &+= Sum(truncatingIfNeeded: Swift.min(element, 0))
              }
            }
          }
        }
      }
      return (positive.map { Int128($0) }, negative.map { Int128($0) })
    }
    return switch storage {
    case .int8(let elements): sums(elements, as: Int64.self)
    case .uint8(let elements): sums(elements, as: Int64.self)
    case .int16(let elements): sums(elements, as: Int64.self)
    case .int32(let elements): sums(elements, as: Int64.self)
    case .int64(let elements): sums(elements, as: Int128.self)
    }
  }

  package init(arrayLiteral elements: Int64...) {
    self.init(elements)
  }
}

extension IntegerArray: RandomAccessCollection {
  package var startIndex: Int { 0 }

  package var endIndex: Int {
    switch storage {
    case .int8(let elements): elements.count
    case .uint8(let elements): elements.count
    case .int16(let elements): elements.count
    case .int32(let elements): elements.count
    case .int64(let elements): elements.count
    }
  }

  package subscript(index: Int) -> Int64 {
    switch storage {
    case .int8(let elements): Int64(elements[index])
    case .uint8(let elements): Int64(elements[index])
    case .int16(let elements): Int64(elements[index])
    case .int32(let elements): Int64(elements[index])
    case .int64(let elements): elements[index]
    }
  }
}

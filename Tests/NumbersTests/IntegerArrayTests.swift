import Numbers
import Testing

@Suite struct IntegerArrayTests {
  @Test(
    arguments: [
      ([], 1), ([0], 1), ([-128, 127], 1), ([128], 1), ([0, 255], 1), ([256], 2), ([-1, 128], 2), ([-129], 2),
      ([-32768, 32767], 2), ([32768, 1], 4),
      ([-32769], 4),
      ([Int64(Int32.min), Int64(Int32.max)], 4), ([Int64(Int32.max) + 1], 8), ([.min, .max, 0], 8),
    ] as [([Int64], Int)])
  func holdsEachNumberInTheFewestBytes(_ numbers: [Int64], _ bytes: Int) {
    let array = IntegerArray(numbers)
    let stored =
      switch array.storage {
      case .int8, .uint8: 1
      case .int16: 2
      case .int32: 4
      case .int64: 8
      }
    #expect(stored == bytes)
    #expect(Array(array) == numbers && array.widened == numbers)
    #expect(array.range.lowerBound == numbers.min() ?? 0 && array.range.upperBound == numbers.max() ?? 0)
  }

  @Test func sameNumbersAreEqualWhateverTheyWereMadeFrom() {
    let numbers: [UInt8] = [0, 100, 127]
    #expect(IntegerArray(numbers) == [0, 100, 127])
    #expect(IntegerArray(numbers) == IntegerArray(numbers.map { Int32($0) }))
    #expect(IntegerArray([UInt8(200)]) == [200] && IntegerArray([UInt16.max]) == [65535])
    #expect(IntegerArray([UInt8(200)]) != IntegerArray([Int8(-56)]))
  }
}

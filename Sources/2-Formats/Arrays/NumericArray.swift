/// Numbers in row-major order with a shape. Integers are exact: what a double cannot hold is refused when it is read.
package struct NumericArray: Hashable, Sendable {
  package let shape: [Int]
  package let values: [Double]
  /// Of the file's elements, where they are integers.
  package let integers: NumericType?

  /// - Precondition: there are as many values as the shape says.
  package init(shape: [Int], values: [Double], integers: NumericType? = nil) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
    self.shape = shape
    self.values = values
    self.integers = integers
  }
}

/// The element types of `.npy` files that are read and written.
package enum NumericType: String, CaseIterable, Sendable {
  case bool = "b1"
  case int8 = "i1"
  case int16 = "i2"
  case int32 = "i4"
  case int64 = "i8"
  case uint8 = "u1"
  case uint16 = "u2"
  case uint32 = "u4"
  case uint64 = "u8"
  case float16 = "f2"
  case float32 = "f4"
  case float64 = "f8"

  package var isInteger: Bool {
    switch self {
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: true
    case .bool, .float16, .float32, .float64: false
    }
  }

  /// Bytes of an element.
  package var size: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }
}

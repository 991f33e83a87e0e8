import Diagnostics

/// The type that elements have in the file. `bits` is their size there; enums are read as integers (h5py's booleans).
package enum H5ElementType: Hashable, Sendable, CustomStringConvertible {
  case signed(bits: Int)
  case unsigned(bits: Int)
  case float(bits: Int)
  case enumeration(bits: Int)
  case string
  case other

  package var description: String {
    switch self {
    case .signed(let bits): "int\(bits)"
    case .unsigned(let bits): "uint\(bits)"
    case .float(let bits): "float\(bits)"
    case .enumeration(let bits): "enum of int\(bits)"
    case .string: "string"
    case .other: "another type"
    }
  }
}

/// What a dataset or an attribute holds.
package struct H5Value: Hashable, Sendable {
  /// The elements in the machine's own types; floats of up to 32 bits are exact as `Float`.
  enum Storage: Hashable, Sendable {
    case nothing
    case floats([Float])
    case doubles([Double])
    case signed([Int64])
    case unsigned([UInt64])
    case strings([String])
    case unreadable(String)
    /// In the file, and not read.
    case left
  }

  package let elementType: H5ElementType
  /// Row-major; empty for a scalar.
  package let shape: [Int]
  let storage: Storage
  /// Where this value is, for messages: the file, and as tensor the path in it.
  let location: Diagnostic.Location

  /// The elements as `Float`: integers and wider floats are rounded.
  /// - Throws: `Diagnostic` if they are not numbers.
  package var floats: [Float] {
    get throws {
      switch storage {
      case .floats(let values): values
      case .doubles(let values): values.map { Float($0) }
      case .signed(let values): values.map { Float($0) }
      case .unsigned(let values): values.map { Float($0) }
      case .nothing, .strings, .unreadable, .left: try withoutNumbers(wanted: "numbers")
      }
    }
  }

  /// The elements as `Double`: only integers beyond 2^53 and floats of more than 64 bits are rounded.
  /// - Throws: `Diagnostic` if they are not numbers.
  package var doubles: [Double] {
    get throws {
      switch storage {
      case .floats(let values): values.map { Double($0) }
      case .doubles(let values): values
      case .signed(let values): values.map { Double($0) }
      case .unsigned(let values): values.map { Double($0) }
      case .nothing, .strings, .unreadable, .left: try withoutNumbers(wanted: "numbers")
      }
    }
  }

  /// The elements as integers.
  /// - Throws: `Diagnostic` if they are not integers, or beyond `Int64`.
  package var ints: [Int64] {
    get throws {
      switch storage {
      case .signed(let values): return values
      case .unsigned(let values):
        return try values.map { value in
          return try require(
            Int64(exactly: value), "holds \(value)", at: location, supported: "integers up to \(Int64.max)")
        }
      case .floats, .doubles, .nothing, .strings, .unreadable, .left: return try withoutNumbers(wanted: "integers")
      }
    }
  }

  /// The elements as text.
  /// - Throws: `Diagnostic` if they are not strings.
  package var strings: [String] {
    get throws {
      switch storage {
      case .strings(let values): values
      case .floats, .doubles, .signed, .unsigned, .nothing, .unreadable, .left: try withoutNumbers(wanted: "strings")
      }
    }
  }

  /// How many bytes an element takes once it is read, a string not counted: floats of up to 32 bits are `Float`.
  package var elementSize: Int {
    if case .float(let bits) = elementType, bits <= 32 { 4 } else { 8 }
  }

  /// Numbers or strings in all.
  package var elementCount: Int { shape.reduce(1, *) }

  /// No elements are of any type.
  private func withoutNumbers<Element>(wanted: String) throws -> [Element] {
    switch storage {
    case .nothing: return []
    case .left: throw Diagnostic("has elements that were not read", at: location)
    case .unreadable(let why): throw Diagnostic("has \(why)", at: location, supported: wanted)
    default: throw Diagnostic("has elements of type \(elementType)", at: location, supported: wanted)
    }
  }
}

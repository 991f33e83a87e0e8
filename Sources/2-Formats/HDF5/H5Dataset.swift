/// An array in a file.
package struct H5Dataset: Hashable, Sendable {
  /// The last part of its path.
  package let name: String
  /// From the root, without a leading `/`.
  package let path: String
  package let value: H5Value
  package let attributes: [H5Attribute]

  package var shape: [Int] { value.shape }
  package var elementType: H5ElementType { value.elementType }
  package var elementCount: Int { value.elementCount }
  /// See `H5Value`.
  package var elementSize: Int { value.elementSize }
  /// See `H5Value`.
  package var floats: [Float] { get throws { try value.floats } }
  /// See `H5Value`.
  package var doubles: [Double] { get throws { try value.doubles } }
  /// See `H5Value`.
  package var ints: [Int64] { get throws { try value.ints } }
  /// See `H5Value`.
  package var strings: [String] { get throws { try value.strings } }
}

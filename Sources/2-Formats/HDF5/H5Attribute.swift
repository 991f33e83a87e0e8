/// A small named value at a group or a dataset.
package struct H5Attribute: Hashable, Sendable {
  package let name: String
  package let value: H5Value
}

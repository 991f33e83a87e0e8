/// Rows and columns of a kernel, a stride or a window, of what moves over a feature map.
package struct Extents: Hashable, Sendable, CustomStringConvertible {
  package var rows: Int
  package var columns: Int

  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  package static let one = Extents(rows: 1, columns: 1)
  package var area: Int { rows * columns }

  /// `3x2`
  package var description: String { "\(rows)x\(columns)" }
}

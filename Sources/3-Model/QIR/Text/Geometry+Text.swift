import Text

extension Shape: TextValue {
  package var text: String { extents.text }

  package init(scanning scanner: inout TextScanner) throws {
    self.init(try [Int](scanning: &scanner))
  }
}

extension Extent: TextValue {
  /// `[rows, columns]`
  package var text: String { [rows, columns].text }

  package init(scanning scanner: inout TextScanner) throws {
    let numbers = try scanner.integers(2, "[rows, columns]")
    self.init(rows: numbers[0], columns: numbers[1])
  }
}

extension Padding: TextValue {
  /// `[top, bottom, left, right]`
  package var text: String { [top, bottom, left, right].text }

  package init(scanning scanner: inout TextScanner) throws {
    let numbers = try scanner.integers(4, "[top, bottom, left, right]")
    self.init(top: numbers[0], bottom: numbers[1], left: numbers[2], right: numbers[3])
  }
}

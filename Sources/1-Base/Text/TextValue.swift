import Numbers

/// What can be the value of an attribute in a text form.
package protocol TextValue {
  var text: String { get }
  init(scanning scanner: inout TextScanner) throws
}

extension Int: TextValue {
  package var text: String { "\(self)" }

  package init(scanning scanner: inout TextScanner) throws {
    self = try scanner.item("an integer here") { Int($0) }
  }
}

extension Int64: TextValue {
  package var text: String { "\(self)" }

  package init(scanning scanner: inout TextScanner) throws {
    self = try scanner.item("an integer here") { Int64($0) }
  }
}

extension Double: TextValue {
  /// The shortest that is read back as the same number.
  package var text: String {
    self == rounded() && magnitude < 1e15 && (self != 0 || sign == .plus) ? "\(Int(self))" : "\(self)"
  }

  package init(scanning scanner: inout TextScanner) throws {
    self = try scanner.item("a number here") { Double($0) }
  }
}

extension Float: TextValue {
  package var text: String {
    self == rounded() && magnitude < 1e6 && (self != 0 || sign == .plus) ? "\(Int(self))" : "\(self)"
  }

  package init(scanning scanner: inout TextScanner) throws {
    self = try scanner.item("a number here") { Float($0) }
  }
}

extension Rational: TextValue {
  package init(scanning scanner: inout TextScanner) throws {
    self = try scanner.item("a number or a fraction here") { Rational($0) }
  }
}

extension ClosedRange<Int64>: TextValue {
  /// `-128..127`
  package var text: String { "\(lowerBound)..\(upperBound)" }

  package init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let item = try scanner.item()
    guard let dots = item.firstRange(of: ".."), let lower = Int64(item[..<dots.lowerBound]),
      let upper = Int64(item[dots.upperBound...]), lower <= upper
    else { throw before.refused("least..most") }
    self = lower...upper
  }
}

extension Array: TextValue where Element: TextValue {
  package var text: String { "[" + map(\.text).joined(separator: ", ") + "]" }

  package init(scanning scanner: inout TextScanner) throws {
    self = try scanner.list { try Element(scanning: &$0) }
  }
}

extension PerChannel: TextValue where Value: TextValue {
  /// The value that all channels share, or a list of one for each.
  package var text: String { uniform?.text ?? Array(self).text }

  package init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let values = scanner.rest.first == "[" ? try [Value](scanning: &scanner) : [try Value(scanning: &scanner)]
    guard !values.isEmpty else { throw before.refused("one value, or one per channel") }
    self.init(values)
  }
}

extension Extents: TextValue {
  /// `[rows, columns]`
  package var text: String { [rows, columns].text }

  package init(scanning scanner: inout TextScanner) throws {
    let numbers = try scanner.integers(2, "[rows, columns]")
    self.init(rows: numbers[0], columns: numbers[1])
  }
}

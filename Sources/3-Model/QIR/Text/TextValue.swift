import Numbers
import Quantization

/// What can be the value of an attribute in the text form of a graph.
protocol TextValue {
  var text: String { get }
  init(scanning scanner: inout TextScanner) throws
}

extension Int: TextValue {
  var text: String { "\(self)" }

  init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    guard let value = Int(try scanner.item()) else { throw before.refused("an integer here") }
    self = value
  }
}

extension Int64: TextValue {
  var text: String { "\(self)" }

  init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    guard let value = Int64(try scanner.item()) else { throw before.refused("an integer here") }
    self = value
  }
}

extension Double: TextValue {
  /// The shortest that is read back as the same number.
  var text: String {
    self == rounded() && magnitude < 1e15 && (self != 0 || sign == .plus) ? "\(Int(self))" : "\(self)"
  }

  init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    guard let value = Double(try scanner.item()) else { throw before.refused("a number here") }
    self = value
  }
}

extension Float: TextValue {
  var text: String { self == rounded() && magnitude < 1e6 && (self != 0 || sign == .plus) ? "\(Int(self))" : "\(self)" }

  init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    guard let value = Float(try scanner.item()) else { throw before.refused("a number here") }
    self = value
  }
}

extension Rational: TextValue {
  init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    guard let value = Rational(try scanner.item()) else { throw before.refused("a number or a fraction here") }
    self = value
  }
}

extension Array: TextValue where Element: TextValue {
  var text: String { "[" + map(\.text).joined(separator: ", ") + "]" }

  init(scanning scanner: inout TextScanner) throws {
    self = try scanner.list { try Element(scanning: &$0) }
  }
}

extension Shape: TextValue {
  var text: String { extents.text }

  init(scanning scanner: inout TextScanner) throws {
    self.init(try [Int](scanning: &scanner))
  }
}

extension Extent: TextValue {
  /// `[rows, columns]`
  var text: String { [rows, columns].text }

  init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let numbers = try [Int](scanning: &scanner)
    guard numbers.count == 2 else { throw before.refused("[rows, columns]") }
    self.init(rows: numbers[0], columns: numbers[1])
  }
}

extension Padding: TextValue {
  /// `[top, bottom, left, right]`
  var text: String { [top, bottom, left, right].text }

  init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let numbers = try [Int](scanning: &scanner)
    guard numbers.count == 4 else { throw before.refused("[top, bottom, left, right]") }
    self.init(top: numbers[0], bottom: numbers[1], left: numbers[2], right: numbers[3])
  }
}

import Diagnostics
import Libc

/// What the numbers of one model may take of memory, in bytes: its parameters, its feature maps, and the samples that are
/// run at a time, together. Whoever is about to hold numbers of a file asks here first.
package struct MemoryBudget: Sendable {
  /// The environment variable that sets it: `512` (MiB), `512MiB`, `2GiB`, also without `iB`.
  package static let variable = "QCC_MEMORY"
  /// Many times what the networks of these accelerators hold.
  package static let standard = 256 << 20

  package let bytes: Int
  package private(set) var used = 0

  package init(bytes: Int) { self.bytes = bytes }

  /// The budget that the environment sets, or the standard one.
  /// - Throws: `Diagnostic` where the variable says no size.
  package init() throws(Diagnostic) {
    guard let text = getenv(Self.variable).map({ String(cString: $0) }), !text.isEmpty else {
      self.init(bytes: Self.standard)
      return
    }
    let bytes = try require(
      Self.bytes(text), "the environment variable \(Self.variable) is '\(text)'",
      supported: "a size above 0 in MiB, or with its unit: 512, 512MiB, 2GiB")
    self.init(bytes: bytes)
  }

  /// Takes `elements` numbers of `size` bytes each from what is left.
  /// - Parameter what: for the message, as its subject: "the weights".
  /// - Throws: `Diagnostic` that says how much is asked for, and nothing is taken.
  package mutating func take(
    _ elements: Int, of size: Int, for what: String, at location: Diagnostic.Location
  ) throws(Diagnostic) {
    let (asked, isHuge) = elements.multipliedReportingOverflow(by: size)
    let (total, isTooMuch) = used.addingReportingOverflow(asked)
    guard !isHuge, !isTooMuch, total <= bytes else {
      let mebibytes = isHuge || isTooMuch ? nil : (total - 1) >> 20 + 1
      let before = used >> 20 > 0 ? ", with the \(used >> 20) MiB taken before" : ""
      throw Diagnostic(
        "\(what) need\(mebibytes.map { " \($0) MiB" } ?? " more") of memory\(before)", at: location,
        supported: "\(bytes >> 20) MiB for a model's parameters, feature maps and samples together",
        fix: mebibytes.map { "set the environment variable \(Self.variable)=\($0) or more where that is meant" })
    }
    used = total
  }

  /// `512`, `512M`, `512MiB`, `2 GiB`: nil where it is no size above 0.
  package static func bytes(_ text: String) -> Int? {
    let digits = text.prefix { $0.isNumber }
    var unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    if unit.hasSuffix("ib") { unit.removeLast(2) }
    let shifts = ["": 20, "k": 10, "m": 20, "g": 30, "t": 40]
    guard let count = Int(digits), count > 0, let shift = shifts[unit], count <= Int.max >> shift else { return nil }
    return count << shift
  }
}

extension [Int] {
  /// How many elements an array of these extents has, as a file says them; nil where one is negative, or where they are
  /// more than can be counted. An empty axis does not make the others any smaller: products of a part of them never overflow.
  package var elementCount: Int? {
    var most = 1
    for extent in self {
      let (next, overflows) = most.multipliedReportingOverflow(by: Swift.max(extent, 1))
      if overflows || extent < 0 { return nil }
      most = next
    }
    return contains(0) ? 0 : most
  }
}

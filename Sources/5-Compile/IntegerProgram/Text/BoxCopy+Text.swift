import Numbers
import Text

extension BoxCopy: TextValue {
  /// `[4, 6] from 0 by [1, 4]`, and where the target's elements are not written one after another from the first on
  /// `to 1 by [12, 2]`. Positions stand in place of an extent: `[4, (0, 0, 1)]`.
  package var text: String {
    let read = "\(axes.map(AxisExtent.init).text) from \(source) by \(axes.map(\.sourceStride).text)"
    return read + (writesInOrder ? "" : " to \(target) by \(axes.map(\.targetStride).text)")
  }

  private var writesInOrder: Bool { target == 0 && axes.map(\.targetStride) == Self.strides(of: axes.map(\.extent)) }

  /// Of an array that lies in memory row by row.
  package static func strides(of extents: [Int]) -> [Int] {
    extents.indices.map { extents[($0 + 1)...].reduce(1, *) }
  }

  package init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let extents = try [AxisExtent](scanning: &scanner)
    try scanner.expect("from")
    let source = try Int(scanning: &scanner)
    try scanner.expect("by")
    let sourceStrides = try [Int](scanning: &scanner)
    var (target, targetStrides) = (0, Self.strides(of: extents.map(\.extent)))
    if scanner.rest.hasPrefix("to") {
      try scanner.expect("to")
      target = try Int(scanning: &scanner)
      try scanner.expect("by")
      targetStrides = try [Int](scanning: &scanner)
    }
    let numbers = [source, target] + sourceStrides + targetStrides
    guard sourceStrides.count == extents.count, targetStrides.count == extents.count,
      numbers.allSatisfy({ $0.magnitude <= 1 << 28 })
    else { throw before.refused("a stride for each extent, numbers up to 268435456") }
    self.init(
      source: source, target: target,
      axes: extents.indices.map {
        Axis(
          extent: extents[$0].extent, sourceStride: sourceStrides[$0], targetStride: targetStrides[$0],
          positions: extents[$0].positions)
      })
  }
}

/// An extent, or in its place the positions that its indices read.
private struct AxisExtent: TextValue {
  let extent: Int
  let positions: [Int]?

  init(_ axis: BoxCopy.Axis) {
    extent = axis.extent
    positions = axis.positions
  }

  var text: String { positions.map { "(\($0.map(\.text).joined(separator: ", ")))" } ?? extent.text }

  init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    positions = scanner.rest.first == "(" ? try scanner.list("(", ")") { try Int(scanning: &$0) } : nil
    extent = try positions?.count ?? Int(scanning: &scanner)
    guard (1...1 << 20).contains(extent), positions?.allSatisfy({ (0...1 << 28).contains($0) }) ?? true else {
      throw before.refused("an extent of 1 to 1048576, or positions from 0 on")
    }
  }
}

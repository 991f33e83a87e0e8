import Diagnostics
import Text

/// Elements at chosen positions along each axis, in their order, each any number of times:
/// y[i, j, …] = x[p[i], q[j], …] (Keras `Cropping2D`, `UpSampling2D`; ONNX `Slice`, `Gather`, `Expand`).
package struct SelectOp: MovingOperator {
  package static let mnemonic = "select"
  package static let kerasClass = "Cropping2D"
  /// By axis, without the batch.
  package var axes: [AxisPositions]

  package init(axes: [AxisPositions]) {
    self.axes = axes
  }

  /// All axes whole but one.
  package init(_ positions: [Int], along axis: Int, rank: Int) {
    self.init(axes: (0..<rank).map { $0 == axis ? .chosen(positions) : .all })
  }

  package var kind: OperatorKind { .select(self) }
  package var motion: Motion { .selects(axes: axes.indices.filter { axes[$0] != .all }) }
  package var caption: Caption? { .line("selection") }

  package func changesNothing(in inputs: [Shape]) -> Bool {
    zip(axes, inputs[0].extents).allSatisfy { $0.in($1).elementsEqual(0..<$1) }
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, at: location)
    try require(
      axes.count == input.rank, "a selection along \(axes.count) axes of a tensor of shape \(input)", at: location,
      supported: "positions for each axis")
    for (axis, extent) in zip(axes, input.extents) {
      let positions = axis.in(extent)
      let wrong = positions.first { !(0..<extent).contains($0) }
      try require(
        !positions.isEmpty && wrong == nil, wrong.map { "position \($0) of \(extent)" } ?? "a selection of nothing",
        at: location, supported: "one position or more of 0 to \(extent - 1)")
    }
    let result = Shape(zip(axes, input.extents).map { $0.in($1).count })
    try require(
      result.isSupported, "a selection of shape \(result)", at: location, supported: "at most 268435456 elements")
    return result
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    var sources = [0]
    for (axis, extent) in zip(axes, operands.shapes[0].extents) {
      let positions = axis.in(extent)
      sources = sources.flatMap { outer in positions.map { outer * extent + $0 } }
    }
    return sources.map { operands.inputs[0][$0] }
  }

  package func write(to writer: inout AttributeWriter) { writer.write("axes", axes) }

  package init(_ reader: inout AttributeReader) throws { self.init(axes: try reader.read("axes")) }
}

/// Which positions of an axis are taken.
package enum AxisPositions: Hashable, Sendable {
  /// Each once, in order.
  case all
  case chosen([Int])

  package func `in`(_ extent: Int) -> [Int] {
    switch self {
    case .all: Array(0..<extent)
    case .chosen(let positions): positions
    }
  }
}

extension AxisPositions: TextValue {
  /// `all`, `2..5` for 2, 3, 4 and 5, or a list.
  package var text: String {
    switch self {
    case .all: "all"
    case .chosen(let positions):
      if let first = positions.first, positions.count > 2, positions.elementsEqual(first..<first + positions.count) {
        (Int64(first)...Int64(first + positions.count - 1)).text
      } else {
        positions.text
      }
    }
  }

  package init(scanning scanner: inout TextScanner) throws {
    if scanner.rest.hasPrefix("all") {
      try scanner.expect("all")
      self = .all
    } else if scanner.rest.first == "[" {
      self = .chosen(try [Int](scanning: &scanner))
    } else {
      let before = scanner
      let range = try ClosedRange<Int64>(scanning: &scanner)
      guard range.lowerBound >= 0, range.upperBound < 1 << 28 else { throw before.refused("positions below 268435456") }
      self = .chosen(range.map { Int($0) })
    }
  }
}

import Tiling

/// The loops around a place in a nest, outermost first, and the indexes that their counters make.
struct LoopScope {
  private(set) var loops: [TileLoop] = []

  func entering(_ loop: TileLoop) -> LoopScope {
    var scope = self
    scope.loops.append(loop)
    return scope
  }

  /// The counter of the innermost loop.
  var turn: String? { loops.last?.name }

  /// The index of the slice of `axis`; nil outside all loops over it.
  func digit(_ axis: TileAxis) -> IndexExpression? {
    for loop in loops {
      guard let position = loop.cuts.firstIndex(where: { $0.axis == axis }) else { continue }
      return digits(position..<position + 1, of: loop)
    }
    return nil
  }

  /// The number of what `operand` is at this place, among all that it can be.
  func number(of operand: TileOperand) -> IndexExpression {
    var number = IndexExpression.number(0)
    for loop in loops {
      // Cuts side by side are one digit of a larger base.
      for run in loop.cuts.indices.split(whereSeparator: { !operand.depends(on: loop.cuts[$0].axis) }) {
        let range = run.startIndex..<run.endIndex
        number = number * count(range, of: loop) + digits(range, of: loop)
      }
    }
    return number
  }

  private func count(_ range: Range<Int>, of loop: TileLoop) -> Int {
    loop.cuts[range].reduce(1) { $0 * $1.slices.count }
  }

  private func digits(_ range: Range<Int>, of loop: TileLoop) -> IndexExpression {
    let count = count(range, of: loop)
    if count == 1 { return .number(0) }
    let shifted = IndexExpression.variable(loop.position) / self.count(range.upperBound..<loop.cuts.count, of: loop)
    return self.count(0..<range.lowerBound, of: loop) == 1 ? shifted : shifted % count
  }
}

extension TileLoop {
  /// Where it stands: another number than its counter where it may run backwards.
  var position: String { alternates ? "part" : name }
}

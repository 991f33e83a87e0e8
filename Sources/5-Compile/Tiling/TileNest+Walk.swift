/// Where the loops of a nest stand: the index of a slice for each axis.
package struct TileIndex: Hashable, Sendable {
  private var digits = SIMD16<Int32>()

  package init() {}

  package subscript(axis: TileAxis) -> Int {
    get { Int(digits[axis.position]) }
    set { digits[axis.position] = Int32(truncatingIfNeeded: newValue) }
  }

  /// Only the axes that `operand` depends on.
  package func of(_ operand: TileOperand) -> TileIndex {
    var index = self
    index.digits.replace(with: 0, where: operand == .input ? Self.withoutInput : Self.withoutWeights)
    return index
  }

  private static let withoutInput = others(than: .input)
  private static let withoutWeights = others(than: .weights)

  private static func others(than operand: TileOperand) -> SIMDMask<SIMD16<Int32>> {
    var mask = SIMDMask<SIMD16<Int32>>(repeating: true)
    for axis in TileAxis.allCases { mask[axis.position] = !operand.depends(on: axis) }
    return mask
  }
}

extension TileAxis {
  fileprivate var position: Int {
    switch self {
    case .rows: 0
    case .columns: 1
    case .pixels: 2
    case .groups: 3
    case .outputs: 4
    case .channels: 5
    case .passes: 6
    case .kernelRows: 7
    case .kernelColumns: 8
    case .inputs: 9
    case .inputLimb: 10
    case .weightLimb: 11
    }
  }
}

extension TileNest {
  /// What an engine is told, in the order in which it is told it; loads of what stands in the memories are left out.
  package func run(_ body: (TileNode, TileIndex) -> Void) {
    var walk = Walk()
    walk.run(self.body, turn: 0, body)
  }

  private struct Walk {
    private var index = TileIndex()
    private var input: TileIndex?
    private var weights: TileIndex?

    mutating func run(_ nodes: [TileNode], turn: Int, _ body: (TileNode, TileIndex) -> Void) {
      for node in nodes {
        switch node {
        case .loop(let loop): run(loop, turn: turn, body)
        case .load(.input): load(&input, .input, node, body)
        case .load(.weights): load(&weights, .weights, node, body)
        case .begin, .pass, .store: body(node, index)
        }
      }
    }

    private mutating func run(_ loop: TileLoop, turn: Int, _ body: (TileNode, TileIndex) -> Void) {
      let count = loop.count
      for step in 0..<count {
        var rest = loop.alternates && !turn.isMultiple(of: 2) ? count - 1 - step : step
        for cut in loop.cuts.reversed() {
          let (quotient, digit) = rest.quotientAndRemainder(dividingBy: cut.slices.count)
          index[cut.axis] = digit
          rest = quotient
        }
        run(loop.body, turn: step, body)
      }
    }

    private func load(
      _ held: inout TileIndex?, _ operand: TileOperand, _ node: TileNode, _ body: (TileNode, TileIndex) -> Void
    ) {
      let wanted = index.of(operand)
      if held == wanted { return }
      held = wanted
      body(node, index)
    }
  }
}

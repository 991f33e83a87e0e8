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
  package func run(_ body: (TileCommand, TileIndex) -> Void) {
    var walk = Walk()
    walk.flatten(self.body)
    walk.run(0..<walk.steps.count, turn: 0, body)
  }

  /// The tree as a list in which a loop is followed by its body: going through it many thousand times copies no loops.
  private struct Walk {
    enum Step {
      case loop(count: Int, alternates: Bool, digits: Range<Int>, end: Int)
      case command(TileCommand)
    }

    private(set) var steps: [Step] = []
    private var digits: [(axis: TileAxis, base: Int)] = []
    private var index = TileIndex()
    private var input: TileIndex?
    private var weights: TileIndex?

    mutating func flatten(_ nodes: [TileNode]) {
      for node in nodes {
        switch node {
        case .loop(let loop):
          let place = steps.count
          let first = digits.count
          digits += loop.cuts.map { ($0.axis, $0.slices.count) }
          steps.append(.command(.pass))
          let range = first..<digits.count
          flatten(loop.body)
          steps[place] = .loop(count: loop.count, alternates: loop.alternates, digits: range, end: steps.count)
        case .command(let command): steps.append(.command(command))
        }
      }
    }

    mutating func run(_ range: Range<Int>, turn: Int, _ body: (TileCommand, TileIndex) -> Void) {
      var place = range.lowerBound
      while place < range.upperBound {
        switch steps[place] {
        case .command(let command):
          if mustRun(command) { body(command, index) }
          place += 1
        case .loop(let count, let alternates, let digits, let end):
          for step in 0..<count {
            set(digits, to: alternates && !turn.isMultiple(of: 2) ? count - 1 - step : step)
            run(place + 1..<end, turn: step, body)
          }
          place = end
        }
      }
    }

    private mutating func set(_ range: Range<Int>, to number: Int) {
      var rest = number
      for (axis, base) in digits[range].reversed() {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: base)
        index[axis] = digit
        rest = quotient
      }
    }

    private mutating func mustRun(_ command: TileCommand) -> Bool {
      switch command {
      case .load(.input): replace(&input, .input)
      case .load(.weights): replace(&weights, .weights)
      case .begin, .pass, .store: true
      }
    }

    /// Whether the memory of an operand held something else.
    private func replace(_ held: inout TileIndex?, _ operand: TileOperand) -> Bool {
      let wanted = index.of(operand)
      defer { held = wanted }
      return held != wanted
    }
  }
}

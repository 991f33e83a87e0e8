/// How a layer runs on its engine: loops over slices of its axes, and in them what the engine is told to do. Every output tile
/// runs its whole reduction while its partial sums stay in the engine's output memory (output-stationary):
///
///     for block rows=0..17|18..31 columns=0..31
///       for outer groups=0..0
///         for inner outputs=0..15|16..31
///           begin
///           for step kernel_rows=0..2 kernel_columns=0..2 inputs=0..15|16..19 input_limb=0..0 weight_limb=0..0 to and fro
///             load input
///             load weights
///             pass
///           store
package struct TileNest: Hashable, Sendable {
  package var body: [TileNode]
  /// Runs of pixels lie in the memories as rows of this many, the last one perhaps not full.
  package var width: Int?

  package init(body: [TileNode], width: Int? = nil) {
    self.body = body
    self.width = width
  }

  /// Every cut, outermost first.
  package var cuts: [TileCut] {
    func cuts(_ nodes: [TileNode]) -> [TileCut] {
      nodes.flatMap { node in
        guard case .loop(let loop) = node else { return [TileCut]() }
        return loop.cuts + cuts(loop.body)
      }
    }
    return cuts(body)
  }

  /// nil where the layer is not cut along `axis`.
  package func slices(_ axis: TileAxis) -> [TileSlice]? { cuts.first { $0.axis == axis }?.slices }

  /// Passes of the engine.
  package var tileCount: Int { cuts.reduce(1) { $0 * $1.slices.count } }
  /// Those that make up one output tile.
  package var reductionCount: Int { cuts.filter(\.axis.isReduced).reduce(1) { $0 * $1.slices.count } }

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

package enum TileNode: Hashable, Sendable {
  case loop(TileLoop)
  case command(TileCommand)
}

/// What an engine is told where the loops stand.
package enum TileCommand: Hashable, Sendable {
  /// Fills the accumulators with the layer's initial ones.
  case begin
  /// Brings an operand into its memory where another one stands there.
  case load(TileOperand)
  /// Multiplies and accumulates what the memories hold.
  case pass
  /// Requantizes the accumulators and writes their codes.
  case store
}

package struct TileLoop: Hashable, Sendable {
  /// What its counter is called; unique on the way to a leaf.
  package var name: String
  /// It counts through all combinations, the last cut fastest.
  package var cuts: [TileCut]
  /// Whether it runs backwards in every odd turn of the loop around it, so that it starts with what the last turn left in the
  /// memories.
  package var alternates: Bool
  package var body: [TileNode]

  package init(name: String, cuts: [TileCut], alternates: Bool = false, body: [TileNode]) {
    self.name = name
    self.cuts = cuts
    self.alternates = alternates
    self.body = body
  }

  package var count: Int { cuts.reduce(1) { $0 * $1.slices.count } }
}

/// An axis and its slices in the order in which they are worked on.
package struct TileCut: Hashable, Sendable {
  package var axis: TileAxis
  package var slices: [TileSlice]

  package init(_ axis: TileAxis, _ slices: [TileSlice]) {
    self.axis = axis
    self.slices = slices
  }

  init(_ axis: TileAxis, _ ranges: [Range<Int>]) {
    self.init(axis, ranges.map { TileSlice(start: $0.lowerBound, count: $0.count) })
  }

  /// `count` slices of one each.
  init(_ axis: TileAxis, each count: Int) {
    self.init(axis, (0..<count).map { TileSlice(start: $0, count: 1) })
  }
}

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

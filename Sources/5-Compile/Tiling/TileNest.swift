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

import Diagnostics
import Targets

/// A layer and the engine that has to hold its tiles. `check` says whether the question makes sense, `TilingSolver`
/// answers it, and `verify` judges any answer, the solver's or another's.
package struct TilingProblem: Hashable, Sendable {
  package var shape: LinearLayerShape
  package var engine: Engine

  package init(shape: LinearLayerShape, engine: Engine) {
    self.shape = shape
    self.engine = engine
  }

  package init(shape: LinearLayerShape, accelerator: Accelerator) {
    self.init(shape: shape, engine: accelerator[shape.engine])
  }

  /// Input and output channels, and pixels, that fit one tile in all memories at once.
  var inputChannelLimit: Int { min(engine.inputMemory.channels, engine.weightMemory.inputChannels) }
  var outputChannelLimit: Int {
    shape.engine.reduction == .ownChannel
      ? min(inputChannelLimit, engine.outputMemory.channels)
      : min(engine.outputMemory.channels, engine.weightMemory.outputChannels)
  }

  /// More tiles are refused as a mistake, so that no solver runs for minutes.
  static let tileLimit = 1 << 20

  /// - Throws: `Diagnostics` with everything that is wrong with the shape; `layer` names it in them.
  package func check(layer: String? = nil) throws(Diagnostics) {
    try shape.check(layer: layer)
    guard engine.kind == shape.engine else {
      throw Diagnostics([
        Diagnostic("a \(shape.engine.name) layer on a \(engine.kind.name) engine", at: .init(layer: layer))
      ])
    }
  }

  /// The plan with the fewest tiles; of several such the one that moves the fewest bytes.
  ///
  /// Rows, columns and channels are cut apart from one another (their tiles multiply). Among cuts that tie, whole plans
  /// are compared by what their tiles load and store.
  /// - Throws: `Diagnostics` where the shape does not make sense or takes more than a million tiles.
  package func solve(layer: String? = nil) throws(Diagnostics) -> TilePlan {
    try check(layer: layer)
    let candidates = candidates()
    let fewest = candidates.map(\.tileCount).min() ?? 0
    guard fewest <= TilingProblem.tileLimit else {
      throw Diagnostics([
        Diagnostic(
          "the layer needs \(fewest) tiles", at: .init(layer: layer), supported: "at most \(TilingProblem.tileLimit)",
          fix: "use a target with larger memories")
      ])
    }
    var best: (plan: TilePlan, bytes: Int)?
    for plan in candidates where plan.tileCount == fewest {
      let bytes = traffic(of: plan.nest).total
      if let known = best, known.bytes <= bytes { continue }
      best = (plan, bytes)
    }
    guard let best else { preconditionFailure("every axis has a cut: one output and one tap fit any memory") }
    return best.plan
  }

  /// Plans of which the best one is among those with the fewest tiles; grids come first, as the simpler of two equals.
  private func candidates() -> [TilePlan] {
    var spatial: [(TilePlan.Spatial, [TileSlice], [TileSlice])] = []
    let rowCuts = AxisSolver(
      axis: shape.rows, inputMemory: engine.inputMemory.rows, outputMemory: engine.outputMemory.rows,
      weightMemory: engine.weightMemory.kernelRows
    ).cuts()
    let columnCuts = AxisSolver(
      axis: shape.columns, inputMemory: engine.inputMemory.columns, outputMemory: engine.outputMemory.columns,
      weightMemory: engine.weightMemory.kernelColumns
    ).cuts()
    for row in rowCuts {
      for column in columnCuts {
        spatial.append((.grid(rows: row.ranges, columns: column.ranges), row.parts, column.parts))
      }
    }
    let gridTiles = (rowCuts.first?.count ?? 1) * (columnCuts.first?.count ?? 1)
    if let runs = pixelRuns(), runs.ranges.count < gridTiles {
      let tap = [TileSlice(start: 0, count: 1)]
      spatial = [(.pixels(runs.ranges, width: runs.width), tap, tap)]
    }
    return spatial.flatMap { cut in
      TilePlan.Order.allCases.map {
        TilePlan(
          spatial: cut.0, channels: channelCut, kernelRows: cut.1, kernelColumns: cut.2, inputLimbs: shape.inputLimbs,
          weightLimbs: shape.weightLimbs, order: $0)
      }
    }
  }

  private var channelCut: TilePlan.Channels {
    switch shape.engine.reduction {
    case .ownChannel:
      .depthwise(channels: fullRanges(shape.input.channels, outputChannelLimit), multiplier: shape.channelMultiplier)
    case .group:
      .dense(
        groups: shape.groups, inputs: fullRanges(shape.input.channels / shape.groups, inputChannelLimit),
        outputs: fullRanges(shape.output.channels / shape.groups, outputChannelLimit))
    }
  }

  /// A pointwise convolution's pixels as even runs in as few tiles as the memories allow, `width` pixels to a row so that
  /// the last rows waste least; `nil` for other layers.
  private func pixelRuns() -> (ranges: [Range<Int>], width: Int)? {
    guard shape.engine.takesRuns, shape.isPointwise else { return nil }
    let rows = min(engine.inputMemory.rows, engine.outputMemory.rows)
    let columns = min(engine.inputMemory.columns, engine.outputMemory.columns)
    let pixels = shape.output.pixels
    let count = (pixels + rows * columns - 1) / (rows * columns)
    let even = (pixels + count - 1) / count
    let widths = (1...columns).filter { (even + $0 - 1) / $0 <= rows }
    let computed = { (width: Int) in (even + width - 1) / width * width }
    guard let width = widths.min(by: { (computed($0), $1) < (computed($1), $0) }) else { return nil }
    // Whole rows in every run but the last, where they still fit.
    let whole = computed(width)
    let ranges = (pixels + whole - 1) / whole == count ? fullRanges(pixels, whole) : evenRanges(pixels, count)
    return (ranges, width)
  }
}

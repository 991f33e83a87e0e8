/// How a layer is cut into tiles, as a product of independent cuts:
///
///     output tiles = blocks of pixels x blocks of output channels
///     reduction    = kernel row parts x kernel column parts x blocks of input channels x limbs
///
/// and which of the two kinds of output loops is the outer one. `nest` makes loops of it.
package struct TilePlan: Hashable, Sendable, CustomStringConvertible {
  package enum Spatial: Hashable, Sendable {
    /// Ranges of output rows times ranges of output columns, row by row.
    case grid(rows: [Range<Int>], columns: [Range<Int>])
    /// Runs of output pixels (row * output columns + column) of a pointwise layer, laid out in the memories as rows of
    /// `width` pixels, the last one perhaps not full.
    case pixels([Range<Int>], width: Int)
  }

  package enum Channels: Hashable, Sendable {
    /// Ranges within a group, the same for every group.
    case dense(groups: Int, inputs: [Range<Int>], outputs: [Range<Int>])
    /// Ranges of input channels; pass m of `multiplier` makes output channels c * multiplier + m.
    case depthwise(channels: [Range<Int>], multiplier: Int)
  }

  package enum Order: String, CaseIterable, Hashable, Sendable {
    case blocksOutermost, channelsOutermost
  }

  package var spatial: Spatial
  package var channels: Channels
  package var kernelRows: [TileSlice]
  package var kernelColumns: [TileSlice]
  package var inputLimbs: Int
  package var weightLimbs: Int
  package var order: Order

  package init(
    spatial: Spatial, channels: Channels, kernelRows: [TileSlice], kernelColumns: [TileSlice], inputLimbs: Int = 1,
    weightLimbs: Int = 1, order: Order
  ) {
    self.spatial = spatial
    self.channels = channels
    self.kernelRows = kernelRows
    self.kernelColumns = kernelColumns
    self.inputLimbs = inputLimbs
    self.weightLimbs = weightLimbs
    self.order = order
  }

  package var blockCount: Int {
    switch spatial {
    case .grid(let rows, let columns): rows.count * columns.count
    case .pixels(let ranges, _): ranges.count
    }
  }

  /// Turns of the outer and of the inner loop over channels.
  var channelTurns: (outer: Int, inner: Int) {
    switch channels {
    case .dense(let groups, _, let outputs): (groups, outputs.count)
    case .depthwise(let channels, let multiplier): (channels.count, multiplier)
    }
  }

  var inputRangeCount: Int {
    switch channels {
    case .dense(_, let inputs, _): inputs.count
    case .depthwise: 1
    }
  }

  package var outputTileCount: Int { blockCount * channelTurns.outer * channelTurns.inner }
  package var reductionCount: Int {
    kernelRows.count * kernelColumns.count * inputRangeCount * inputLimbs * weightLimbs
  }
  package var tileCount: Int { outputTileCount * reductionCount }

  /// The loops that run the plan: `blocksOutermost` keeps a block of the feature map and goes through the weights,
  /// `channelsOutermost` keeps the weights and goes through the feature map.
  package var nest: TileNest {
    let reduction = TileLoop(
      name: "step",
      cuts: [TileCut(.kernelRows, kernelRows), TileCut(.kernelColumns, kernelColumns)] + inputCuts
        + [TileCut(.inputLimb, each: inputLimbs), TileCut(.weightLimb, each: weightLimbs)],
      alternates: true, body: [.command(.load(.input)), .command(.load(.weights)), .command(.pass)])
    let (outer, inner) = channelCuts
    let loops =
      order == .blocksOutermost
      ? [("block", blockCuts), ("outer", [outer]), ("inner", [inner])]
      : [("outer", [outer]), ("inner", [inner]), ("block", blockCuts)]
    let body = loops.reversed().reduce([.command(.begin), .loop(reduction), .command(.store)]) { body, loop in
      [.loop(TileLoop(name: loop.0, cuts: loop.1, body: body))]
    }
    return TileNest(body: body, width: width)
  }

  private var width: Int? {
    switch spatial {
    case .grid: nil
    case .pixels(_, let width): width
    }
  }

  private var blockCuts: [TileCut] {
    switch spatial {
    case .grid(let rows, let columns): [TileCut(.rows, rows), TileCut(.columns, columns)]
    case .pixels(let runs, _): [TileCut(.pixels, runs)]
    }
  }

  private var channelCuts: (outer: TileCut, inner: TileCut) {
    switch channels {
    case .dense(let groups, _, let outputs): (TileCut(.groups, each: groups), TileCut(.outputs, outputs))
    case .depthwise(let channels, let multiplier): (TileCut(.channels, channels), TileCut(.passes, each: multiplier))
    }
  }

  private var inputCuts: [TileCut] {
    switch channels {
    case .dense(_, let inputs, _): [TileCut(.inputs, inputs)]
    case .depthwise: []
    }
  }

  /// The cuts of a nest, whatever the order of its loops; nil where some are missing.
  package init?(cutsOf nest: TileNest) {
    func ranges(_ axis: TileAxis) -> [Range<Int>]? {
      nest.slices(axis).flatMap { slices in slices.allSatisfy { $0.step == 1 } ? slices.map(\.range) : nil }
    }
    let spatial: Spatial
    if let width = nest.width, let runs = ranges(.pixels) {
      spatial = .pixels(runs, width: width)
    } else if let rows = ranges(.rows), let columns = ranges(.columns) {
      spatial = .grid(rows: rows, columns: columns)
    } else {
      return nil
    }
    let channels: Channels
    if let groups = nest.slices(.groups), let inputs = ranges(.inputs), let outputs = ranges(.outputs) {
      channels = .dense(groups: groups.count, inputs: inputs, outputs: outputs)
    } else if let ranges = ranges(.channels), let passes = nest.slices(.passes) {
      channels = .depthwise(channels: ranges, multiplier: passes.count)
    } else {
      return nil
    }
    let outermost = nest.cuts.first?.axis
    self.init(
      spatial: spatial, channels: channels, kernelRows: nest.slices(.kernelRows) ?? [],
      kernelColumns: nest.slices(.kernelColumns) ?? [], inputLimbs: nest.slices(.inputLimb)?.count ?? 0,
      weightLimbs: nest.slices(.weightLimb)?.count ?? 0,
      order: outermost == .groups || outermost == .channels ? .channelsOutermost : .blocksOutermost)
  }

  /// `grid 2x3, channels 4 in x 2 out, kernel rows 0..4 5..9, blocks outermost`
  package var description: String {
    var parts: [String] = []
    switch spatial {
    case .grid(let rows, let columns): parts.append("grid \(rows.count)x\(columns.count)")
    case .pixels(let ranges, let width): parts.append("\(ranges.count) runs of pixels, \(width) wide")
    }
    switch channels {
    case .dense(let groups, let inputs, let outputs):
      parts.append("channels \(inputs.count) in x \(outputs.count) out" + (groups > 1 ? " x \(groups) groups" : ""))
    case .depthwise(let channels, let multiplier):
      parts.append("channels \(channels.count)" + (multiplier > 1 ? " x \(multiplier) passes" : ""))
    }
    if kernelRows.count > 1 { parts.append("kernel rows " + kernelRows.map(\.description).joined(separator: " ")) }
    if kernelColumns.count > 1 {
      parts.append("kernel columns " + kernelColumns.map(\.description).joined(separator: " "))
    }
    if inputLimbs * weightLimbs > 1 { parts.append("limbs \(inputLimbs)x\(weightLimbs)") }
    parts.append(order == .blocksOutermost ? "blocks outermost" : "channels outermost")
    return parts.joined(separator: ", ")
  }
}

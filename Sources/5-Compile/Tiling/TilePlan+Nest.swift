extension TilePlan {
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
}

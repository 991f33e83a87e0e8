extension TileNest {
  /// The passes of a nest over a layer as tiles, in the order in which they run.
  package func forEachTile(of shape: LinearLayerShape, _ body: (Tile) -> Void) {
    let maker = TileMaker(self, shape)
    // A pass says nothing of the store behind it: each tile waits for what follows.
    var waiting: Tile?
    var next = (starts: false, loadsInput: false, loadsWeights: false)
    run { node, index in
      switch node {
      case .begin: next.starts = true
      case .load(.input): next.loadsInput = true
      case .load(.weights): next.loadsWeights = true
      case .pass:
        if let tile = waiting { body(tile) }
        var tile = maker.tile(at: index)
        (tile.startsAccumulation, tile.loadsInput, tile.loadsWeights) = next
        next = (false, false, false)
        waiting = tile
      case .store: waiting?.finishesAccumulation = true
      case .loop: break
      }
    }
    if let tile = waiting { body(tile) }
  }

  /// The tile that the loops stand at.
  package func tile(at index: TileIndex, of shape: LinearLayerShape) -> Tile {
    TileMaker(self, shape).tile(at: index)
  }

  package func tiles(of shape: LinearLayerShape) -> [Tile] {
    var tiles: [Tile] = []
    forEachTile(of: shape) { tiles.append($0) }
    return tiles
  }
}

/// Makes the tile that a nest's loops stand at.
private struct TileMaker {
  private let width: Int?
  private let inputsPerGroup: Int
  private let outputsPerGroup: Int
  private let multiplier: Int
  private let rows, columns, pixels, outputs, channels, kernelRows, kernelColumns, inputs: [TileSlice]

  init(_ nest: TileNest, _ shape: LinearLayerShape) {
    let cuts = Dictionary(nest.cuts.map { ($0.axis, $0.slices) }, uniquingKeysWith: { first, _ in first })
    width = nest.width
    inputsPerGroup = shape.input.channels / shape.groups
    outputsPerGroup = shape.output.channels / shape.groups
    multiplier = shape.channelMultiplier
    let none = [TileSlice(start: 0, count: 1)]
    rows = cuts[.rows] ?? none
    columns = cuts[.columns] ?? none
    pixels = cuts[.pixels] ?? none
    outputs = cuts[.outputs] ?? none
    channels = cuts[.channels] ?? []
    kernelRows = cuts[.kernelRows] ?? none
    kernelColumns = cuts[.kernelColumns] ?? none
    inputs = cuts[.inputs] ?? none
  }

  func tile(at index: TileIndex) -> Tile {
    let block: Tile.Block =
      if let width {
        .pixels(pixels[index[.pixels]].range, width: width)
      } else {
        .grid(rows: rows[index[.rows]].range, columns: columns[index[.columns]].range)
      }
    let (inputs, outputs) = channels(at: index)
    return Tile(
      block: block, inputChannels: inputs, outputChannels: outputs, kernelRows: kernelRows[index[.kernelRows]],
      kernelColumns: kernelColumns[index[.kernelColumns]], inputLimb: index[.inputLimb],
      weightLimb: index[.weightLimb], loadsInput: false, loadsWeights: false, startsAccumulation: false,
      finishesAccumulation: false)
  }

  private func channels(at index: TileIndex) -> (inputs: Range<Int>, outputs: ChannelSlice) {
    guard channels.isEmpty else {
      let range = channels[index[.channels]].range
      return (
        range,
        ChannelSlice(first: range.lowerBound * multiplier + index[.passes], count: range.count, stride: multiplier)
      )
    }
    let group = index[.groups]
    let (input, output) = (inputs[index[.inputs]].range, outputs[index[.outputs]].range)
    let base = group * inputsPerGroup
    return (
      base + input.lowerBound..<base + input.upperBound,
      ChannelSlice(first: group * outputsPerGroup + output.lowerBound, count: output.count)
    )
  }
}

/// Channels first, first + stride, …, `count` of them.
package struct ChannelSlice: Hashable, Sendable {
  package var first: Int
  package var count: Int
  package var stride = 1

  package subscript(index: Int) -> Int { first + index * stride }
}

/// One call of an engine.
package struct Tile: Hashable, Sendable {
  /// The output pixels of a tile.
  package enum Block: Hashable, Sendable {
    case grid(rows: Range<Int>, columns: Range<Int>)
    case pixels(Range<Int>, width: Int)

    /// Pixels that the tile makes.
    package var pixels: Int {
      switch self {
      case .grid(let rows, let columns): rows.count * columns.count
      case .pixels(let range, _): range.count
      }
    }

    /// Rows and columns that it takes up in the memories, the unused end of a last row of pixels included.
    package var layout: (rows: Int, columns: Int) {
      switch self {
      case .grid(let rows, let columns): (rows.count, columns.count)
      case .pixels(let range, let width): ((range.count + width - 1) / width, min(width, range.count))
      }
    }
  }

  package var block: Block
  /// Channels of the whole feature maps.
  package var inputChannels: Range<Int>
  package var outputChannels: ChannelSlice
  package var kernelRows: TileSlice
  package var kernelColumns: TileSlice
  package var inputLimb: Int
  package var weightLimb: Int
  /// Whether the tile before left something else in the memory.
  package var loadsInput: Bool
  package var loadsWeights: Bool
  /// The first tile of a reduction clears the accumulators, the last one hands them out.
  package var startsAccumulation: Bool
  package var finishesAccumulation: Bool
}

/// Makes the tile that a nest's loops stand at.
package struct TileMaker {
  private let width: Int?
  private let inputsPerGroup: Int
  private let outputsPerGroup: Int
  private let multiplier: Int
  private let rows, columns, pixels, outputs, channels, kernelRows, kernelColumns, inputs: [TileSlice]

  package init(_ nest: TileNest, of shape: LinearLayerShape) {
    let cuts = nest.cuts
    let none = [TileSlice(start: 0, count: 1)]
    func slices(_ axis: TileAxis) -> [TileSlice] { cuts.first { $0.axis == axis }?.slices ?? none }
    width = nest.width
    inputsPerGroup = shape.input.channels / shape.groups
    outputsPerGroup = shape.output.channels / shape.groups
    multiplier = shape.channelMultiplier
    rows = slices(.rows)
    columns = slices(.columns)
    pixels = slices(.pixels)
    outputs = slices(.outputs)
    channels = cuts.first { $0.axis == .channels }?.slices ?? []
    kernelRows = slices(.kernelRows)
    kernelColumns = slices(.kernelColumns)
    inputs = slices(.inputs)
  }

  package func tile(at index: TileIndex) -> Tile {
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

extension TileNest {
  /// The passes of a nest over a layer as tiles, in the order in which they run.
  package func forEachTile(of shape: LinearLayerShape, _ body: (Tile) -> Void) {
    let maker = TileMaker(self, of: shape)
    // A pass says nothing of the store behind it: each tile waits for what follows.
    var waiting: Tile?
    var next = (starts: false, loadsInput: false, loadsWeights: false)
    run { command, index in
      switch command {
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
      }
    }
    if let tile = waiting { body(tile) }
  }

  package func tiles(of shape: LinearLayerShape) -> [Tile] {
    var tiles: [Tile] = []
    forEachTile(of: shape) { tiles.append($0) }
    return tiles
  }
}

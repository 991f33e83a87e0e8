/// The tiles of a plan in the order in which they run.
package struct TileSequence: Sequence, IteratorProtocol {
  private let plan: TilePlan
  private let inputChannelsPerGroup: Int
  private let outputChannelsPerGroup: Int
  private let blockCount: Int
  private let turns: (outer: Int, inner: Int)
  private let outputTiles: Int
  private let reductions: Int
  private var outputTile = 0
  private var reduction = 0
  private var previous: Tile?

  init(plan: TilePlan, shape: LinearLayerShape) {
    self.plan = plan
    inputChannelsPerGroup = shape.input.channels / shape.groups
    outputChannelsPerGroup = shape.output.channels / shape.groups
    blockCount = plan.blockCount
    turns = plan.channelTurns
    outputTiles = plan.outputTileCount
    reductions = plan.reductionCount
  }

  package var underestimatedCount: Int { outputTiles * reductions - outputTile * reductions - reduction }

  package mutating func next() -> Tile? {
    guard outputTile < outputTiles else { return nil }
    var tile = makeTile()
    tile.startsAccumulation = reduction == 0
    tile.finishesAccumulation = reduction == reductions - 1
    if let previous {
      tile.loadsInput = !tile.sharesInput(with: previous)
      tile.loadsWeights = !tile.sharesWeights(with: previous)
    }
    previous = tile
    reduction += 1
    if reduction == reductions {
      reduction = 0
      outputTile += 1
    }
    return tile
  }

  private func makeTile() -> Tile {
    let (blockIndex, outer, inner, turn) = turnIndexes()
    var step = turn.isMultiple(of: 2) ? reduction : reductions - 1 - reduction
    let weightLimb = removeDigit(&step, plan.weightLimbs)
    let inputLimb = removeDigit(&step, plan.inputLimbs)
    let inputRange = removeDigit(&step, plan.inputRangeCount)
    let columnPart = removeDigit(&step, plan.kernelColumns.count)
    let (inputs, outputs) = channels(outer: outer, inner: inner, inputRange: inputRange)
    return Tile(
      block: block(blockIndex), inputChannels: inputs, outputChannels: outputs, kernelRows: plan.kernelRows[step],
      kernelColumns: plan.kernelColumns[columnPart], inputLimb: inputLimb, weightLimb: weightLimb, loadsInput: true,
      loadsWeights: true, startsAccumulation: false, finishesAccumulation: false)
  }

  /// Indexes of the loops around the reduction, and that of the innermost of them.
  private func turnIndexes() -> (block: Int, outer: Int, inner: Int, turn: Int) {
    var rest = outputTile
    switch plan.order {
    case .blocksOutermost:
      let inner = removeDigit(&rest, turns.inner)
      let outer = removeDigit(&rest, turns.outer)
      return (rest, outer, inner, inner)
    case .channelsOutermost:
      let block = removeDigit(&rest, blockCount)
      let inner = removeDigit(&rest, turns.inner)
      return (block, rest, inner, block)
    }
  }

  private func block(_ index: Int) -> Tile.Block {
    switch plan.spatial {
    case .grid(let rows, let columns):
      .grid(rows: rows[index / columns.count], columns: columns[index % columns.count])
    case .pixels(let ranges, let width):
      .pixels(ranges[index], width: width)
    }
  }

  private func channels(outer: Int, inner: Int, inputRange: Int) -> (Range<Int>, ChannelSlice) {
    switch plan.channels {
    case .dense(_, let inputs, let outputs):
      let input = inputs[inputRange]
      let output = outputs[inner]
      let base = outer * inputChannelsPerGroup
      return (
        base + input.lowerBound..<base + input.upperBound,
        ChannelSlice(first: outer * outputChannelsPerGroup + output.lowerBound, count: output.count)
      )
    case .depthwise(let channels, let multiplier):
      let range = channels[outer]
      return (
        range, ChannelSlice(first: range.lowerBound * multiplier + inner, count: range.count, stride: multiplier)
      )
    }
  }

  private func removeDigit(_ number: inout Int, _ base: Int) -> Int {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: base)
    number = quotient
    return remainder
  }
}

extension TilePlan {
  /// The tiles in the order in which they run. The plan must have passed `TilingProblem.verify`.
  package func tiles(of shape: LinearLayerShape) -> TileSequence { TileSequence(plan: self, shape: shape) }
}

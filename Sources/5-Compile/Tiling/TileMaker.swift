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

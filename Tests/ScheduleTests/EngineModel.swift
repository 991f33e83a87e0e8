import IntegerProgram
import Schedule
import Targets
import Tiling

/// An engine as the schedule sees it: memories that hold what was loaded last, words that are unpacked lane by lane. It runs a
/// layer's nest and nothing else, so that what it computes says whether loops, loads and packed weights are right.
struct EngineModel {
  let layer: ScheduledLayer
  let packed: PackedWeights
  /// The feature map, row by row with channels innermost.
  let map: [Int64]
  private var input: [Position: Int64] = [:]
  private var weights: [UInt16] = []
  private var accumulators: [Position: Int64] = [:]
  /// By output element; nil where nothing was stored.
  private(set) var stored: [Int64?]

  /// A place in a memory of rows x columns x channels.
  private struct Position: Hashable {
    var row, column, channel: Int
  }

  init(_ layer: ScheduledLayer, map: [Int64]) {
    self.layer = layer
    self.map = map
    packed = PackedWeights(layer)
    stored = Array(repeating: nil, count: layer.shape.output.elements)
  }

  mutating func run() {
    let cuts = layer.nest.cuts.filter { TileOperand.weights.depends(on: $0.axis) }
    let tiles = TileMaker(layer.nest, of: layer.shape)
    var told: [(TileCommand, TileIndex)] = []
    layer.nest.run { told.append(($0, $1)) }
    for (command, index) in told {
      let tile = tiles.tile(at: index)
      switch command {
      case .begin: begin(tile)
      case .load(.input): load(tile)
      case .load(.weights):
        let block = cuts.reduce(0) { $0 * $1.slices.count + index[$1.axis] }
        let end = block + 1 < packed.offsets.count ? packed.offsets[block + 1] : packed.words.count
        weights = unpacked(Array(packed.words[packed.offsets[block]..<end]), tile)
      case .pass: pass(tile)
      case .store: store(tile)
      }
    }
  }

  /// The weight memory's words from the bits of a stored block: lines of operands that share words, outputs side by side.
  private func unpacked(_ stored: [UInt16], _ tile: Tile) -> [UInt16] {
    var bits = stored.flatMap { word in (0..<16).map { word >> UInt16($0) & 1 } }[...]
    let lanes = layer.mode.products
    let (taps, channels) = (tile.kernelRows.count * tile.kernelColumns.count, tile.inputChannels.count)
    let ownsChannel = shape.engine.reduction == .ownChannel
    let (lines, length) =
      switch shape.engine.runtime.packs {
      case .inputChannels: (taps, ownsChannel ? 1 : channels)
      case .kernelTaps: (ownsChannel ? 1 : channels, taps)
      }
    var words: [UInt16] = []
    for _ in 0..<lines {
      for first in stride(from: 0, to: length, by: lanes) {
        for _ in 0..<tile.outputChannels.count {
          var word: UInt16 = 0
          for lane in 0..<min(lanes, length - first) {
            let field = bits.prefix(packed.bits)
            bits = bits.dropFirst(packed.bits)
            // Signed: the highest bit fills the lane.
            for bit in 0..<16 / lanes {
              word |= field[field.startIndex + min(bit, packed.bits - 1)] << UInt16(lane * 16 / lanes + bit)
            }
          }
          words.append(word)
        }
      }
    }
    return words
  }

  private var shape: LinearLayerShape { layer.shape }

  private mutating func begin(_ tile: Tile) {
    accumulators = [:]
    for (place, _) in pixels(tile) {
      for output in 0..<tile.outputChannels.count {
        accumulators[.init(row: place.row, column: place.column, channel: output)] =
          layer.instruction.initial[tile.outputChannels[output]]
      }
    }
  }

  /// Places of a tile's pixels in the output memory, and the pixels themselves.
  private func pixels(_ tile: Tile) -> [(place: (row: Int, column: Int), pixel: (row: Int, column: Int))] {
    switch tile.block {
    case .grid(let rows, let columns):
      rows.flatMap { row in
        columns.map { ((row - rows.lowerBound, $0 - columns.lowerBound), (row, $0)) }
      }
    case .pixels(let range, let width):
      range.map {
        let index = $0 - range.lowerBound
        return ((index / width, index % width), ($0 / shape.output.columns, $0 % shape.output.columns))
      }
    }
  }

  private mutating func load(_ tile: Tile) {
    input = [:]
    switch tile.block {
    case .grid(let rows, let columns):
      let rows = AxisWindow(
        outputs: rows, part: tile.kernelRows, stride: shape.stride.rows, dilation: shape.dilation.rows,
        padding: shape.padding.top)
      let columns = AxisWindow(
        outputs: columns, part: tile.kernelColumns, stride: shape.stride.columns, dilation: shape.dilation.columns,
        padding: shape.padding.left)
      for row in 0..<rows.count {
        for column in 0..<columns.count {
          load(tile, (row, column), (rows.first + row * rows.step, columns.first + column * columns.step))
        }
      }
    case .pixels:
      for (place, pixel) in pixels(tile) {
        load(tile, place, (pixel.row * shape.stride.rows, pixel.column * shape.stride.columns))
      }
    }
  }

  private mutating func load(_ tile: Tile, _ place: (row: Int, column: Int), _ pixel: (row: Int, column: Int)) {
    let isInside = (0..<shape.input.rows).contains(pixel.row) && (0..<shape.input.columns).contains(pixel.column)
    for (index, channel) in tile.inputChannels.enumerated() {
      let code =
        isInside
        ? map[(pixel.row * shape.input.columns + pixel.column) * shape.input.channels + channel]
        : layer.instruction.paddingCode
      input[.init(row: place.row, column: place.column, channel: index)] = digit(code, tile.inputLimb)
    }
  }

  private mutating func pass(_ tile: Tile) {
    let outputs = tile.outputChannels.count
    let windows = windows(tile)
    let ownsChannel = shape.engine.reduction == .ownChannel
    let channels = ownsChannel ? 1 : tile.inputChannels.count
    let taps = tile.kernelRows.count * tile.kernelColumns.count
    for (place, _) in pixels(tile) {
      for output in 0..<outputs {
        var sum: Int64 = 0
        for tap in 0..<taps {
          for channel in 0..<channels {
            let row = place.row * windows.rows.stride + tap / tile.kernelColumns.count * windows.rows.dilation
            let column =
              place.column * windows.columns.stride + tap % tile.kernelColumns.count * windows.columns.dilation
            let operand = input[.init(row: row, column: column, channel: ownsChannel ? output : channel)]
            sum &+= operand.map { $0 &* weight(tap, of: taps, channel, of: channels, output, of: outputs) } ?? 1 << 40
          }
        }
        accumulators[.init(row: place.row, column: place.column, channel: output), default: 0] &+=
          sum &<< Int64(16 * (tile.inputLimb + tile.weightLimb))
      }
    }
  }

  /// Strides and dilations on what was loaded; a run of pixels has neither.
  private func windows(_ tile: Tile) -> (rows: AxisWindow, columns: AxisWindow) {
    let (rows, columns) = tile.block.layout
    let isRun = if case .pixels = tile.block { true } else { false }
    return (
      AxisWindow(
        outputs: 0..<rows, part: tile.kernelRows, stride: isRun ? 1 : shape.stride.rows, dilation: shape.dilation.rows,
        padding: 0),
      AxisWindow(
        outputs: 0..<columns, part: tile.kernelColumns, stride: isRun ? 1 : shape.stride.columns,
        dilation: shape.dilation.columns, padding: 0)
    )
  }

  private func weight(
    _ tap: Int, of taps: Int, _ channel: Int, of channels: Int, _ output: Int, of outputs: Int
  ) -> Int64 {
    let lanes = layer.mode.products
    let (word, lane) =
      switch shape.engine.runtime.packs {
      case .inputChannels: (tap * ((channels + lanes - 1) / lanes) + channel / lanes, channel % lanes)
      case .kernelTaps: (channel * ((taps + lanes - 1) / lanes) + tap / lanes, tap % lanes)
      }
    let bits = 16 / lanes
    let raw = Int64(weights[word * outputs + output]) >> Int64(lane * bits) & (1 << Int64(bits) - 1)
    return raw >= 1 << Int64(bits - 1) ? raw - 1 << Int64(bits) : raw
  }

  private mutating func store(_ tile: Tile) {
    for (place, pixel) in pixels(tile) {
      for output in 0..<tile.outputChannels.count {
        let channel = tile.outputChannels[output]
        let accumulator = accumulators[.init(row: place.row, column: place.column, channel: output)] ?? 0
        let code =
          switch layer.instruction.stage {
          case .accumulator: accumulator
          case .requantize(let requantization): requantization(accumulator, channel: channel)
          }
        let element = (pixel.row * shape.output.columns + pixel.column) * shape.output.channels + channel
        stored[element] = stored[element] == nil ? code : .min
      }
    }
  }

  private func digit(_ code: Int64, _ limb: Int) -> Int64 {
    var code = code
    for _ in 0..<limb { code = (code - Int64(Int16(truncatingIfNeeded: code))) / 65536 }
    return Int64(Int16(truncatingIfNeeded: code))
  }
}

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

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

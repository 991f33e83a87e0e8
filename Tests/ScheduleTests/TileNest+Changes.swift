import Tiling

extension TileNest {
  /// The same with its cut along `axis` changed.
  func changing(_ axis: TileAxis, _ change: (inout TileCut) -> Void) -> TileNest {
    TileNest(body: body.map { $0.changing(axis, change) }, width: width)
  }
}

extension TileNode {
  fileprivate func changing(_ axis: TileAxis, _ change: (inout TileCut) -> Void) -> TileNode {
    guard case .loop(var loop) = self else { return self }
    for index in loop.cuts.indices where loop.cuts[index].axis == axis { change(&loop.cuts[index]) }
    loop.body = loop.body.map { $0.changing(axis, change) }
    return .loop(loop)
  }
}

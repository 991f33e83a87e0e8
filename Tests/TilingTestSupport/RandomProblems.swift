import Numbers
import Targets
import Tiling

extension TilingProblem {
  /// A layer and an engine of random extents; `largest` bounds the feature map's rows and columns.
  package static func random(largest: Int, memories: ClosedRange<Int>, using generator: inout SplitMix)
    -> TilingProblem
  {
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    let kind = EngineKind.all[draw(0...2)]
    let engine = Engine(
      kind: kind,
      inputMemory: MapExtents(rows: draw(memories), columns: draw(memories), channels: draw(memories)),
      outputMemory: MapExtents(rows: draw(memories), columns: draw(memories), channels: draw(memories)),
      weightMemory: WeightExtents(
        kernelRows: draw(memories), kernelColumns: draw(memories), inputChannels: draw(memories),
        outputChannels: draw(memories)),
      multipliers: draw(1...4), productsAlong: kind == .depthwise ? .kernelTaps : .inputChannels)
    func bits() -> Int { draw(1...16) }
    if kind == .fullyConnected {
      var shape = LinearLayerShape.dense(draw(1...40), draw(1...20), (bits(), bits()))
      shape.weightLimbs = draw(1...2)
      return TilingProblem(shape: shape, engine: engine)
    }
    let groups = kind == .depthwise ? 1 : draw(1...2)
    let multiplier = kind == .depthwise ? draw(1...3) : 1
    let inputs = groups * draw(1...5)
    let outputs = kind == .depthwise ? inputs * multiplier : groups * draw(1...5)
    let pointwise = draw(0...3) == 0
    let kernel = pointwise ? .one : Extents(rows: draw(1...5), columns: draw(1...5))
    let shape = LinearLayerShape(
      engine: kind, input: MapExtents(rows: draw(1...largest), columns: draw(1...largest), channels: inputs),
      output: MapExtents(rows: draw(1...largest), columns: draw(1...largest), channels: outputs), kernel: kernel,
      stride: Extents(rows: draw(1...4), columns: draw(1...3)),
      dilation: Extents(rows: draw(1...3), columns: draw(1...2)),
      padding: pointwise ? .none : .init(top: draw(0...2), left: draw(0...2)), groups: groups,
      channelMultiplier: multiplier, activationBits: bits(), weightBits: bits(), outputBits: bits(),
      inputLimbs: draw(0...4) == 0 ? 2 : 1, weightLimbs: draw(0...4) == 0 ? 2 : 1)
    return TilingProblem(shape: shape, engine: engine)
  }
}

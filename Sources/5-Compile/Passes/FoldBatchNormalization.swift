import Diagnostics
import QIR

/// Folds batch normalization, and other affine functions per channel, into the float32 layer in front of it that nothing else
/// reads. In double precision, rounded to float32 at the end.
///
///     y = conv2d x kernel=K bias=B
///     z = batch_normalization y          ->   y = conv2d x kernel=K*scale bias=B*scale+shift
///
/// The layer keeps its name, but where the network hands out what stood behind it.
package struct FoldBatchNormalization: Pass {
  package static let name = "fold-batch-normalization"

  package init() {}

  package func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
    let motion = QuantizerMotion(graph)
    var rewriter = GraphRewriter(graph)
    for id in graph.ids {
      guard let function = graph[id].op as? any ChannelwiseAffine, motion.onlyReader(of: graph[id].inputs[0]) == id
      else {
        try rewriter.keep(id)
        continue
      }
      let below = rewriter.result[rewriter.copy(of: graph[id].inputs[0])]
      guard let layer = (below.op as? any LinearOperator).flatMap({ Self.fold(function, into: $0) }) else {
        try rewriter.keep(id)
        continue
      }
      let isOutput = graph.outputs.contains(id)
      try rewriter.replace(id, named: isOutput ? graph[id].name : below.name, by: layer, inputs: below.inputs)
    }
    return try rewriter.finish()
  }

  /// nil where the layer's numbers are codes.
  private static func fold(_ function: any ChannelwiseAffine, into layer: any LinearOperator) -> (any LinearOperator)? {
    guard case .real(let weights, let shape) = layer.kernel else { return nil }
    let bias: [Float]
    switch layer.bias {
    case .real(let numbers, _): bias = numbers
    case nil: bias = Array(repeating: 0, count: layer.outputChannels)
    case .quantized: return nil
    }
    let (channels, gains, shifts) = (layer.outputChannels, function.gains, function.shifts)
    var layer = layer
    layer.kernel = .real(
      weights.indices.map { Float(Double(weights[$0]) * gains[$0 % channels]) }, shape: shape)
    layer.bias = .real(
      bias.indices.map { Float(Double(bias[$0]) * gains[$0] + shifts[$0]) }, shape: [channels])
    return layer
  }
}

import QIR

/// What becomes of a node's values further down.
struct NodeUse {
  /// All that reads them is one quantizer, through element-wise nodes alone.
  var endsInQuantizer = false
  /// They are fed to a multiplier, moved perhaps.
  var feedsMultiplier = false
  /// Zeros are put around them somewhere.
  var needsZero = false

  /// Of every node, in one walk from the outputs up.
  static func all(of graph: Graph, consumers: [[NodeID]]) -> [NodeUse] {
    var uses = Array(repeating: NodeUse(), count: graph.nodes.count)
    let outputs = Set(graph.outputs)
    for id in graph.ids.reversed() {
      let readers = consumers[id.index]
      for reader in readers {
        let further = uses[reader.index]
        switch graph[reader].op {
        case .convolution(let op):
          uses[id.index].feedsMultiplier = true
          if !op.window.padding.isNone { uses[id.index].needsZero = true }
        case .depthwiseConvolution(let op):
          uses[id.index].feedsMultiplier = true
          if !op.window.padding.isNone { uses[id.index].needsZero = true }
        case .dense: uses[id.index].feedsMultiplier = true
        case .pad:
          uses[id.index].feedsMultiplier = uses[id.index].feedsMultiplier || further.feedsMultiplier
          uses[id.index].needsZero = true
        case .maxPool, .reshape, .transpose, .concatenate:
          uses[id.index].feedsMultiplier = uses[id.index].feedsMultiplier || further.feedsMultiplier
          uses[id.index].needsZero = uses[id.index].needsZero || further.needsZero
        case .quantize: uses[id.index].endsInQuantizer = true
        case .elementwise, .batchNormalization: uses[id.index].endsInQuantizer = further.endsInQuantizer
        case .input, .softmax, .add, .averagePool, .identity: break
        }
      }
      if readers.count != 1 || outputs.contains(id) { uses[id.index].endsInQuantizer = false }
    }
    return uses
  }
}

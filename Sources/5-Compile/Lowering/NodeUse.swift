import IntegerProgram
import QIR

/// What becomes of a node's values further down.
struct NodeUse {
  /// All that reads them is one quantizer, through element-wise nodes alone.
  var endsInQuantizer = false
  /// They are fed to a multiplier, moved perhaps.
  var feedsMultiplier = false
  /// Zeros are put around them somewhere.
  var needsZero = false
  /// The host can run all that reads them, and what reads that.
  var suitsHost = true
  /// A quantizer makes codes of them, or of what the program makes of them.
  var reachesQuantizer = false

  /// Of every node, in one walk from the outputs up.
  static func all(of graph: Graph, consumers: [[NodeID]]) -> [NodeUse] {
    var uses = Array(repeating: NodeUse(), count: graph.nodes.count)
    let outputs = Set(graph.outputs)
    for id in graph.ids.reversed() {
      let readers = consumers[id.index]
      for reader in readers {
        let further = uses[reader.index]
        let op = graph[reader].op
        uses[id.index].suitsHost = uses[id.index].suitsHost && HostStep(op) != nil && further.suitsHost
        uses[id.index].reachesQuantizer =
          uses[id.index].reachesQuantizer || op is QuantizeOp || (further.reachesQuantizer && !(op is SoftmaxOp))
        switch op.motion {
        case .function: uses[id.index].endsInQuantizer = op is QuantizeOp || further.endsInQuantizer
        case .keepsOrder, .permutes, .concatenates, .selectsLargest, .surroundsWithZeros:
          uses[id.index].feedsMultiplier = uses[id.index].feedsMultiplier || further.feedsMultiplier
          let isPadded = if case .surroundsWithZeros = op.motion { true } else { further.needsZero }
          uses[id.index].needsZero = uses[id.index].needsZero || isPadded
        case .combines, .mixes:
          guard let linear = op as? any LinearOperator else { break }
          uses[id.index].feedsMultiplier = true
          uses[id.index].needsZero = uses[id.index].needsZero || !linear.padding.isNone
        }
      }
      if readers.count != 1 || outputs.contains(id) { uses[id.index].endsInQuantizer = false }
    }
    return uses
  }
}

import Diagnostics
import IntegerProgram
import Numbers
import QIR
import Quantization

/// What nodes ask of each other.
extension Lowerer {
  /// The integers behind an input of `id`.
  func value(_ input: NodeID, for id: NodeID) throws -> IntegerValue {
    switch states[input.index] {
    case .value(let value): return value
    case .realInput:
      throw Diagnostic(
        "the network's input '\(graph[input].name)' reaches it unquantized", at: graph.location(of: id),
        fix: "put \(graph.conventions.quantizer) behind the input")
    case .host:
      throw Diagnostic(
        "it reads '\(graph[input].name)', which runs on the host", at: graph.location(of: id),
        supported: "softmax at the end of the network only")
    case .failed: throw Diagnostics()
    }
  }

  /// The same where nothing may wait for a quantizer.
  func plainValue(_ input: NodeID, for id: NodeID) throws -> IntegerValue {
    let value = try value(input, for: id)
    guard value.isPlain else { throw unquantized(input, for: id) }
    return value
  }

  func unquantized(_ input: NodeID, for id: NodeID) -> Diagnostic {
    Diagnostic(
      "the feature map from '\(graph[input].name)' reaches it unquantized", at: graph.location(of: id),
      fix:
        "insert \(graph.conventions.exampleQuantizer) between '\(graph[input].name)' and '\(graph[id].name)', or say "
        + "--default-quantizer"
    )
  }

  /// Whether all that reads a node is one quantizer, through element-wise nodes alone.
  func endsInQuantizer(_ id: NodeID) -> Bool { uses[id.index].endsInQuantizer }

  /// Whether codes of a node are fed to a multiplier, moved perhaps.
  func feedsMultiplier(_ id: NodeID) -> Bool { uses[id.index].feedsMultiplier }

  /// Whether zeros are put around a node's codes somewhere.
  func needsZero(_ id: NodeID) -> Bool { uses[id.index].needsZero }

  /// The last three axes; what lies in front of them are more rows.
  func mapShape(of id: NodeID) -> MapShape {
    let extents = Array(repeating: 1, count: max(0, 3 - graph[id].shape.rank)) + graph[id].shape.extents
    return MapShape(
      rows: extents.dropLast(2).reduce(1, *), columns: extents[extents.count - 2], channels: extents[extents.count - 1])
  }

  // MARK: What nodes leave behind

  /// A tensor named after its node.
  func tensor(of id: NodeID, _ coding: Coding, reach: PerChannel<CodeRange>) -> ProgramBuilder.Tensor {
    .init(node: id, name: graph[id].name, shape: mapShape(of: id), coding: coding, reach: reach)
  }

  /// Puts in an instruction, whose output is the tensor of a node.
  mutating func emit(_ instruction: Instruction, for id: NodeID, _ coding: Coding, reach: PerChannel<CodeRange>) {
    builder.put(instruction, of: id, writing: tensor(of: id, coding, reach: reach))
  }

  /// The value of a tensor whose integers stand for those of a node.
  mutating func exactValue(
    _ id: NodeID, _ tensor: TensorID, _ coding: Coding, isQuantized: Bool,
    quantization: ProgramQuantization? = nil
  ) -> IntegerValue {
    var value = IntegerValue(tensor: tensor, coding, isQuantized: isQuantized)
    value.quantization = quantization
    addMeaning(of: value, to: id)
    return value
  }

  /// Says that a plain value's tensor stands for the values of a node; integers that are multiplied by zero do not.
  mutating func addMeaning(of value: IntegerValue, to id: NodeID) {
    guard value.scales.allSatisfy({ $0.sign != 0 }) else { return }
    meanings.append(
      .init(tensor: value.tensor, node: id, encoding: value.coding.encoding, quantization: value.quantization))
  }

  /// Sums of a node, kept for the quantizer that alone reads them, or emitted as they are.
  mutating func handOn(_ sums: PendingSums, of id: NodeID, _ coding: Coding, isQuantized: Bool) -> IntegerValue {
    guard endsInQuantizer(id) else {
      emit(sums.emitted { _ in .accumulator }, for: id, coding, reach: sums.reach)
      return exactValue(id, sums.output, coding, isQuantized: isQuantized)
    }
    var value = IntegerValue(tensor: sums.output, coding, isQuantized: isQuantized)
    value.pending = sums
    return value
  }
}

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
        case .keepsOrder, .permutes, .selects, .concatenates, .selectsLargest, .surroundsWithZeros:
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

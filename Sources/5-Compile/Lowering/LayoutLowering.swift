import Diagnostics
import IntegerProgram
import Numbers
import QIR

extension Lowerer {
  mutating func pad(_ id: NodeID, _ op: PadOp) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    let value = try plainValue(source, for: id)
    let zero = try require(
      value.zeroPoint, "the feature map from '\(graph[source].name)' has no integer code for zero",
      at: graph.location(of: id), fix: "put \(graph.conventions.quantizer) in front of the padding")
    let range = builder[value.tensor].range.including(zero)
    let output = builder.reserve()
    emit(
      .pad(
        PadInstruction(
          name: graph[id].name, input: value.tensor, output: output, top: op.padding.top, left: op.padding.left,
          code: zero)),
      for: id, value.coding, reach: [range])
    return exactValue(
      id, output, value.coding, isQuantized: value.isQuantized, quantization: value.quantization)
  }

  /// No engine moves elements: what the passes could not take out is refused.
  func untransposable(_ id: NodeID) -> Diagnostic {
    let source = graph[graph[id].inputs[0]]
    return Diagnostic(
      "the axes of '\(source.name)', of shape \(source.shape), are reordered to \(graph[id].shape)",
      at: graph.location(of: id),
      supported: "transposes that cancel each other, move axes of extent 1 only, or end in a flatten and a dense layer",
      fix:
        "keep the axes in one order from the input to a flatten; what mixes, repeats or reverses elements does so along "
        + "the channels alone")
  }

  /// The same codes under another shape.
  mutating func reshape(_ id: NodeID) throws -> IntegerValue {
    let source = graph[id].inputs[0]
    var value = try value(source, for: id)
    guard value.isOneTerm else { throw unquantized(source, for: id) }
    let channels = graph[id].shape.channels
    let before = graph[source].shape.channels
    try require(
      value.channelFormulas == 1 || channels % before == 0,
      "a reshape to \(graph[id].shape) of channels with different scales", at: graph.location(of: id),
      supported: "shapes that keep channels whole, or a flatten",
      fix: "put \(graph.conventions.quantizer) in front of the reshape")
    /// Channel c of the result is channel c mod `before` of the source, where channels stay whole.
    func repeated<Formula>(_ formulas: PerChannel<Formula>) -> PerChannel<Formula> {
      formulas.isUniform ? formulas : PerChannel(channels: channels) { formulas[$0 % before] }
    }
    let coding = Coding(scales: repeated(value.scales), shifts: repeated(value.shifts))
    let output = builder.reserve()
    let reach = builder[value.tensor].reach
    emit(
      .reshape(ReshapeInstruction(name: graph[id].name, input: value.tensor, output: output)), for: id, coding,
      reach: channels % before == 0 ? repeated(reach) : [reach.hull()])
    value.terms = [.init(tensor: output, scales: coding.scales)]
    value.shifts = coding.shifts
    value.functions = repeated(value.functions)
    if value.isPlain { addMeaning(of: value, to: id) }
    return value
  }
}

import Diagnostics
import JSON
import QIR

extension LayerReader {
  /// Reads a layer for its types: one without an operator, or with options that its operator has not, is an input of
  /// its shape. Nil, with what is wrong among the problems, where that is not known.
  mutating func readShape(_ row: LayerRow?, _ layer: LayerEntry) -> NodeID? {
    let before = graph
    if let row {
      if let id = check({ try row.append(&$0) }) { return id }
    } else {
      problems.report(UnknownLayer.problem(layer))
    }
    guard let inputs, !inputs.isEmpty,
      let shape = try? UnmodelledLayer(className: className, config: config, inputs: inputs.map { before[$0].shape })
        .shape
    else { return nil }
    let found = problems
    graph = before
    problems = Diagnostics()
    let id = check { try $0.appendUnknown(shape) }
    if id == nil { problems.report(contentsOf: found) }
    return id
  }
}

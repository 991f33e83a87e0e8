import Diagnostics
import HDF5
import JSON
import QIR

/// Graphs as Keras 2 models with QKeras' layers: what `KerasImport` reads as the same network, and what QKeras 0.9.0 loads.
package enum KerasExport {
  /// What an H5 file holds of a network.
  ///
  /// - Parameter graph: as it was read, or as a plan made it. Feature maps are channels last in the file, whatever the order of
  ///   the model's own.
  /// - Throws: `Diagnostics`, everything in the network that QKeras has no layer or quantizer for.
  package static func content(of graph: Graph) throws(Diagnostics) -> H5Output {
    var writer = LayerWriter(graph)
    writer.run()
    try writer.problems.throwIfErrors()
    return writer.content
  }
}

/// A layer as `model_config` has it, and its variables.
struct KerasLayer {
  struct Variable {
    var name: String
    var shape: [Int]
    /// Last axis fastest.
    var values: [Float]
  }

  var className: String
  var name: String
  /// The layers whose results it reads.
  var inputs: [String]
  /// What it says besides what every layer says.
  var members: [JSONMember]
  var variables: [Variable]

  var config: JSONValue {
    let every: [JSONMember] = [
      JSONMember(key: "name", value: .string(name)), JSONMember(key: "dtype", value: "float32"),
    ]
    let calls: JSONValue = inputs.isEmpty ? [] : [.array(inputs.map { [.string($0), 0, 0, .object([])] })]
    return [
      "class_name": .string(className), "config": .object(every + members), "name": .string(name),
      "inbound_nodes": calls,
    ]
  }

  /// In its group, as Keras names them: `conv/kernel:0`
  var variablePaths: [String] { variables.map { "\(name)/\($0.name):0" } }
}

extension [JSONMember] {
  init(_ members: KeyValuePairs<String, JSONValue>) { self = members.map { JSONMember(key: $0.key, value: $0.value) } }
}

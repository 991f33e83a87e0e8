import Diagnostics
import QIR

/// The types of all numbers of a network, layer by layer: what QKeras 0.9.0's QTools says of it
/// (`generate_layer_data_type_map` in qtools/generate_layer_data_type_map.py). Where QTools fails with an exception, it is
/// said what the layer computes.
package struct DataTypeMap: Sendable {
  package let options: DataTypeOptions
  /// One per network input.
  package let sources: [DataType]
  /// In the model's order.
  package let layers: [TypedLayer]

  /// - Parameter graph: as it was imported, before any pass.
  /// - Throws: `Diagnostic` where weights cannot be read.
  package init(_ graph: Graph, options: DataTypeOptions) throws {
    self.options = options
    sources = graph.inputs.map { _ in options.source }
    var mapper = DataTypeMapper(options: options)
    for node in LayerNetwork(graph).nodes { try mapper.append(node) }
    layers = mapper.layers
  }
}

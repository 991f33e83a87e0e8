import Diagnostics
import QIR
import Quantization

/// The types of all numbers of a network, layer by layer: what QKeras 0.9.0's QTools says of it
/// (`generate_layer_data_type_map` in qtools/generate_layer_data_type_map.py). Where QTools fails with an exception, it is
/// said what the layer computes.
package struct DataTypeMap: Sendable {
  package let options: DataTypeOptions
  /// One per network input.
  package let sources: [DataType]
  /// In the model's order.
  package let layers: [TypedLayer]

  /// - Parameter model: before any pass.
  /// - Throws: `Diagnostic` where weights cannot be read.
  package init(_ model: Model, options: DataTypeOptions) throws {
    self.options = options
    let network = LayerGraph(model)
    sources = network.inputs.map { _ in options.source }
    var mapper = DataTypeMapper(options: options)
    for node in network.nodes { try mapper.append(node) }
    layers = mapper.layers
  }
}

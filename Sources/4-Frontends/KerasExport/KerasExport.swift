import Diagnostics
import HDF5
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

import QIR

/// A class of Keras layers and how it is read.
package struct LayerRow: Sendable {
  /// The class names under which model files know it.
  package let classes: [String]
  /// What of it is supported, for the documentation.
  package let notes: String
  let read: @Sendable (inout LayerReader) throws -> NodeID

  init(
    _ classes: String..., notes: String = "",
    read: @escaping @Sendable (inout LayerReader) throws -> NodeID
  ) {
    self.classes = classes
    self.notes = notes
    self.read = read
  }
}

/// Every class of layers that can be read: a new one is a row here and a reader under `Layers/`.
package enum LayerTable {
  package static let rows: [LayerRow] =
    ConvolutionLayers.rows + SequenceLayers.rows + SeparableLayers.rows + FoldedLayers.rows + DenseLayers.rows
    + NormalizationLayers.rows + ActivationLayers.rows + PoolingLayers.rows + ShapeLayers.rows

  static let byClass: [String: LayerRow] = Dictionary(
    rows.flatMap { row in row.classes.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })

  /// Classes that hold layers of their own.
  static let models: Set<String> = ["Functional", "Model", "Sequential"]

  /// Sorted.
  package static var classes: [String] { byClass.keys.sorted() }
}

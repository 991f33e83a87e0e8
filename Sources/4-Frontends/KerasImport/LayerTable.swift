import Diagnostics
import QIR

/// A class of Keras layers, or several that are read alike, and how.
package struct LayerRow: Sendable {
  /// The class names under which model files know it.
  package let classes: [String]
  /// What of it is supported, for the documentation.
  package let notes: String
  private let keys: [String: LayerKeys]
  private let read: @Sendable (inout LayerReader) throws -> NodeID

  /// - Parameter classes: what each class may say besides what every layer does.
  init(
    _ classes: KeyValuePairs<String, LayerKeys>, notes: String = "",
    read: @escaping @Sendable (inout LayerReader) throws -> NodeID
  ) {
    self.classes = classes.map(\.key)
    self.keys = Dictionary(
      classes.map { ($0.key, .every + $0.value) }, uniquingKeysWith: { first, _ in first })
    self.notes = notes
    self.read = read
  }

  /// What a configuration of the class may say.
  func keys(of className: String) -> LayerKeys { keys[className] ?? .every }

  /// Appends the layer's nodes. What its configuration says beyond the class' keys, and weights that it does not use, are
  /// problems: Keras, too, loads neither.
  func append(_ layer: inout LayerReader) throws -> NodeID {
    let keys = keys(of: layer.className)
    layer.problems.report(contentsOf: keys.problems(of: layer.config))
    let id = try read(&layer)
    layer.problems.report(contentsOf: layer.weights.unused(besides: keys.trainingVariables))
    return id
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

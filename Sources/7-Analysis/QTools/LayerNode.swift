import QIR
import Quantization

/// A layer among those that QTools looks at: `InputLayer` and `Dropout` are taken out.
package struct LayerNode: Sendable {
  package enum Source: Hashable, Sendable {
    /// All network inputs are one source.
    case networkInput
    case layer(Int)
  }

  package struct Edge: Sendable {
    package var source: Source
    package var shape: EdgeShape
  }

  /// The type that a quantizer of the layer gives.
  package struct Quantized: Sendable {
    package var type: DataType
    /// Whether QTools has a type for the quantizer.
    package var isKnown = true
  }

  package var layer: Layer
  /// One per source, in the order of the call.
  package var edges: [Edge]
  /// Shapes of all that it is called on, without the batch.
  package var inputShapes: [[Int]]
  package var outputShape: [Int]
  /// Of a pooling layer: rows and columns.
  package var poolSize: [Int]?
  /// By the keys of the layer's configuration.
  package var quantizers: [String: Quantized]
  /// Whether it reads a network input.
  package var isFirst: Bool
  /// Whether its result is one of the network's that nothing else reads.
  package var isLast = false

  var role: LayerRole { LayerRole(className: layer.className) }
}

/// The shape on an edge or of a result, without the batch.
package enum EdgeShape: Hashable, Sendable {
  case extents([Int])
  /// That of a network input, which Keras hands out in a list of its own: QTools takes the list for the shape.
  case listed([Int])

  /// As QTools counts them: a list without its first entry has none.
  package var elements: Double {
    switch self {
    case .extents(let extents): Double(extents.reduce(1, *))
    case .listed: 1
    }
  }
}

import Quantization

/// A layer with the types of its numbers: a line of QTools' map.
package struct TypedLayer: Sendable {
  package struct TypedParameter: Hashable, Sendable {
    package var type: DataType
    package var shape: [Int]
  }

  package var node: LayerNode
  package var inputs: [DataType]
  package var weights: TypedParameter?
  /// Its shape is the last extent of the weights.
  package var bias: TypedParameter?
  package var multiplier: Operation?
  package var accumulator: Operation?
  /// Of a layer that merges several inputs.
  package var merge: Operation?
  package var normalization: Normalization?
  package var output: DataType
  package var outputShape: EdgeShape
  package var operationCount: Int

  init(_ node: LayerNode, inputs: [DataType], operationCount: Int) {
    self.node = node
    self.inputs = inputs
    self.operationCount = operationCount
    output = inputs[0]
    outputShape = .extents(node.outputShape)
  }

  package var name: String { node.layer.name }
  package var className: String { node.layer.className }
}

/// An operator applied to the results of earlier nodes.
package struct Node: Sendable {
  /// Unique in the graph; the name of the layer that it came from, as a rule.
  package var name: String
  package var op: any Operator
  package var inputs: [NodeID]
  /// The result's shape.
  package var shape: Shape
  /// The order in which the model file keeps the result's axes: axis i of the file's tensor, without its batch, is axis
  /// fileAxes[i] of this one; nil where the order is the same. [2, 0, 1] for a feature map that the file keeps as NCHW.
  package var fileAxes: [Int]?

  /// Of the result: the same in every graph that passes make.
  package let identity: TensorIdentity

  package init(name: String, op: any Operator, inputs: [NodeID], shape: Shape, identity: TensorIdentity) {
    self.name = name
    self.op = op
    self.inputs = inputs
    self.shape = shape
    self.identity = identity
  }

  /// How many products of a weight and an input element one inference takes.
  package var products: Int { shape.elements * op.productsPerElement }

  /// The result's shape as the model file has it.
  package var fileShape: Shape { fileAxes.map(shape.permuted) ?? shape }

  /// The result's elements, given in this node's order, in the file's.
  package func inFileOrder<Element>(_ elements: [Element]) -> [Element] {
    fileAxes.map { shape.permute(elements, by: $0) } ?? elements
  }

  /// The result's elements, given in the file's order, in this node's.
  package func fromFileOrder<Element>(_ elements: [Element]) -> [Element] {
    fileAxes.map { fileShape.permute(elements, by: $0.inversePermutation) } ?? elements
  }

  /// Where the file's tensor has an element of the result.
  package func fileIndex(of element: Int) -> [Int] {
    let index = shape.index(of: element)
    return fileAxes.map { axes in axes.map { index[$0] } } ?? index
  }
}

/// Which tensor a node makes, whatever graph it stands in and whatever it is called there. Passes keep it where the tensor
/// stays the same; what a pass makes anew has an identity that the graphs before it do not have. So results of one graph
/// are joined with those of another.
package struct TensorIdentity: Hashable, Sendable {
  private let number: Int

  package init(_ number: Int) {
    self.number = number
  }

  var next: TensorIdentity { TensorIdentity(number + 1) }
}

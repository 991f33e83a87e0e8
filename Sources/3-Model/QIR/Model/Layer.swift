import Quantization

/// A layer as the model's author wrote it. An importer takes a layer apart into nodes; this keeps what gets lost by that:
/// where it begins and ends, its quantizers and its weights as they were before quantization.
package struct Layer: Sendable {
  /// A variable as the file holds it.
  package struct Weight: Sendable {
    /// `kernel`, `moving_variance`
    package var name: String
    package var shape: [Int]
    /// float32, last axis fastest. Throws where the file holds no numbers.
    package var values: @Sendable () throws -> [Float]

    package init(name: String, shape: [Int], values: @escaping @Sendable () throws -> [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// The name of the node that carries its result.
  package var name: String
  /// The layer's own name: the same for all its calls.
  package var calledName: String
  /// `QConv2D`
  package var className: String
  /// The nodes whose results it reads, in the order of its call; one may come twice.
  package var inputs: [NodeID]
  /// Its own nodes; the last one carries its result.
  package var nodes: Range<Int>
  /// By the names of its configuration's keys: `kernel_quantizer`, `activation`. Keys without a quantizer are left out.
  package var quantizers: [String: Quantizer]
  /// In the file's order.
  package var weights: [Weight]

  package init(
    name: String, calledName: String, className: String, inputs: [NodeID], nodes: Range<Int>,
    quantizers: [String: Quantizer] = [:],
    weights: [Weight] = []
  ) {
    self.name = name
    self.calledName = calledName
    self.className = className
    self.inputs = inputs
    self.nodes = nodes
    self.quantizers = quantizers
    self.weights = weights
  }

  package var output: NodeID { NodeID(nodes.upperBound - 1) }
}

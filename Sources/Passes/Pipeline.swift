import Quantization

/// The passes between a reader and `Lowering`, in their order.
package enum Pipeline {
  /// - Parameter sourceQuantizer: quantizes network inputs that the model leaves unquantized.
  package static func passes(sourceQuantizer: Quantizer) -> [any Pass] {
    [RemoveIdentities(), PropagateQuantizers(), QuantizeInputs(quantizer: sourceQuantizer)]
  }
}

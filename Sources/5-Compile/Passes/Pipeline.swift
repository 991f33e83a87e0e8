import Quantization

/// The passes between a reader and `Lowering`, in their order.
package enum Pipeline {
  /// Before the float reference: afterwards every network input is quantized.
  ///
  /// - Parameter sourceQuantizer: quantizes network inputs that the model leaves unquantized.
  package static func toReference(sourceQuantizer: Quantizer) -> [any Pass] {
    [RemoveIdentities(), FoldTransposes(), QuantizeInputs(quantizer: sourceQuantizer)]
  }

  /// Between there and `Lowering`: afterwards quantizers stand where the accelerator has them.
  package static let toProgram: [any Pass] = [PropagateQuantizers()]

  /// Before a network of real numbers is quantized: afterwards every layer is as the accelerator runs it.
  package static let toFloatNetwork: [any Pass] = [RemoveIdentities(), FoldTransposes(), FoldBatchNormalization()]
}

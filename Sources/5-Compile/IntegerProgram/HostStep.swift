import QIR

/// An operator of the model that the host can run in float, behind the program.
package enum HostStep: Sendable {
  case elementwise(ElementwiseOp)
  case affine(AffineOp)
  case prelu(PReLUOp)
  case batchNormalization(BatchNormalizationOp)
  case quantize(QuantizeOp)
  case softmax(SoftmaxOp)
  case maxPool(MaxPoolOp)
  case averagePool(AveragePoolOp)
  case pad(PadOp)
  case identity(IdentityOp)
  case reshape(ReshapeOp)
  case transpose(TransposeOp)
  case select(SelectOp)

  /// nil for what is left to no host: layers with weights, and what reads several tensors.
  package init?(_ op: any Operator) {
    switch op.kind {
    case .elementwise(let op): self = .elementwise(op)
    case .affine(let op): self = .affine(op)
    case .prelu(let op): self = .prelu(op)
    case .batchNormalization(let op): self = .batchNormalization(op)
    case .quantize(let op): self = .quantize(op)
    case .softmax(let op): self = .softmax(op)
    case .maxPool(let op): self = .maxPool(op)
    case .averagePool(let op): self = .averagePool(op)
    case .pad(let op): self = .pad(op)
    case .identity(let op): self = .identity(op)
    case .reshape(let op): self = .reshape(op)
    case .transpose(let op): self = .transpose(op)
    case .select(let op): self = .select(op)
    case .input, .convolution, .depthwiseConvolution, .dense, .add, .multiply, .maximum, .minimum, .matrixProduct,
      .concatenate:
      return nil
    }
  }

  package var op: any Operator {
    switch self {
    case .elementwise(let op): op
    case .affine(let op): op
    case .prelu(let op): op
    case .batchNormalization(let op): op
    case .quantize(let op): op
    case .softmax(let op): op
    case .maxPool(let op): op
    case .averagePool(let op): op
    case .pad(let op): op
    case .identity(let op): op
    case .reshape(let op): op
    case .transpose(let op): op
    case .select(let op): op
    }
  }
}

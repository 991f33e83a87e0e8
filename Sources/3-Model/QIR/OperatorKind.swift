/// Every operator there is, for what must know each of them: lowering and export. A new one is a line here and one in
/// `types`; all else it says in its file under `Operators/`.
package enum OperatorKind: Sendable {
  case input(InputOp)
  case quantize(QuantizeOp)
  case convolution(ConvolutionOp)
  case depthwiseConvolution(DepthwiseConvolutionOp)
  case dense(DenseOp)
  case batchNormalization(BatchNormalizationOp)
  case elementwise(ElementwiseOp)
  case affine(AffineOp)
  case prelu(PReLUOp)
  case softmax(SoftmaxOp)
  case add(AddOp)
  case multiply(MultiplyOp)
  case maximum(MaximumOp)
  case minimum(MinimumOp)
  case matrixProduct(MatrixProductOp)
  case concatenate(ConcatenateOp)
  case maxPool(MaxPoolOp)
  case averagePool(AveragePoolOp)
  case pad(PadOp)
  case reshape(ReshapeOp)
  case transpose(TransposeOp)
  case select(SelectOp)
  case identity(IdentityOp)

  /// What the text form of a graph may name.
  package static let types: [any Operator.Type] = [
    InputOp.self,
    QuantizeOp.self,
    ConvolutionOp.self,
    DepthwiseConvolutionOp.self,
    DenseOp.self,
    BatchNormalizationOp.self,
    ElementwiseOp.self,
    AffineOp.self,
    PReLUOp.self,
    SoftmaxOp.self,
    AddOp.self,
    MultiplyOp.self,
    MaximumOp.self,
    MinimumOp.self,
    MatrixProductOp.self,
    ConcatenateOp.self,
    MaxPoolOp.self,
    AveragePoolOp.self,
    PadOp.self,
    ReshapeOp.self,
    TransposeOp.self,
    SelectOp.self,
    IdentityOp.self,
  ]
}

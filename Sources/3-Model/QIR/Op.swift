import Diagnostics
import Quantization
import Text

/// The operators of a graph. What each means in real numbers stands in its file under `Operators/`.
package enum Op: Sendable {
  case input(InputOp)
  case quantize(QuantizeOp)
  case convolution(ConvolutionOp)
  case depthwiseConvolution(DepthwiseConvolutionOp)
  case dense(DenseOp)
  case batchNormalization(BatchNormalizationOp)
  case elementwise(ElementwiseOp)
  case softmax(SoftmaxOp)
  case add(AddOp)
  case concatenate(ConcatenateOp)
  case maxPool(MaxPoolOp)
  case averagePool(AveragePoolOp)
  case pad(PadOp)
  case reshape(ReshapeOp)
  case transpose(TransposeOp)
  case identity(IdentityOp)

  package var attributes: any Operator {
    switch self {
    case .input(let op): op
    case .quantize(let op): op
    case .convolution(let op): op
    case .depthwiseConvolution(let op): op
    case .dense(let op): op
    case .batchNormalization(let op): op
    case .elementwise(let op): op
    case .softmax(let op): op
    case .add(let op): op
    case .concatenate(let op): op
    case .maxPool(let op): op
    case .averagePool(let op): op
    case .pad(let op): op
    case .reshape(let op): op
    case .transpose(let op): op
    case .identity(let op): op
    }
  }

  /// How the text form of a graph is read, by operator name.
  static let readers: [String: @Sendable (inout AttributeReader) throws -> Op] = [
    InputOp.mnemonic: { .input(try InputOp(&$0)) },
    QuantizeOp.mnemonic: { .quantize(try QuantizeOp(&$0)) },
    ConvolutionOp.mnemonic: { .convolution(try ConvolutionOp(&$0)) },
    DepthwiseConvolutionOp.mnemonic: { .depthwiseConvolution(try DepthwiseConvolutionOp(&$0)) },
    DenseOp.mnemonic: { .dense(try DenseOp(&$0)) },
    BatchNormalizationOp.mnemonic: { .batchNormalization(try BatchNormalizationOp(&$0)) },
    ElementwiseOp.mnemonic: { .elementwise(try ElementwiseOp(&$0)) },
    SoftmaxOp.mnemonic: { _ in .softmax(SoftmaxOp()) },
    AddOp.mnemonic: { _ in .add(AddOp()) },
    ConcatenateOp.mnemonic: { .concatenate(try ConcatenateOp(&$0)) },
    MaxPoolOp.mnemonic: { .maxPool(try MaxPoolOp(&$0)) },
    AveragePoolOp.mnemonic: { .averagePool(try AveragePoolOp(&$0)) },
    PadOp.mnemonic: { .pad(try PadOp(&$0)) },
    ReshapeOp.mnemonic: { .reshape(try ReshapeOp(&$0)) },
    TransposeOp.mnemonic: { .transpose(try TransposeOp(&$0)) },
    IdentityOp.mnemonic: { _ in .identity(IdentityOp()) },
  ]

  /// The result's shape. Throws where the inputs do not fit.
  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try attributes.resultShape(of: inputs, at: location)
  }

  /// How many products of a weight and an input element one inference takes.
  package func multiplyAccumulates(from inputs: [Shape], to result: Shape) -> Int {
    switch self {
    case .convolution(let op): result.elements * op.kernel.shape[..<3].reduce(1, *)
    case .depthwiseConvolution(let op): result.elements * op.kernel.shape[..<2].reduce(1, *)
    case .dense(let op): result.elements * op.kernel.shape[0]
    default: 0
    }
  }

  /// Every constant tensor with its name.
  package var parameters: [(name: String, parameter: Parameter)] { attributes.parameters }
}

/// What every operator says of itself.
package protocol Operator: Sendable {
  /// Its name in the text form of a graph.
  static var mnemonic: String { get }
  func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape
  var parameters: [(name: String, parameter: Parameter)] { get }
  /// Its attributes in the text form of a graph; `Op.readers` reads them back.
  func write(to writer: inout AttributeWriter)
}

extension Operator {
  package var parameters: [(name: String, parameter: Parameter)] { [] }

  package func write(to writer: inout AttributeWriter) {}

  /// The one input's shape, of one of the ranks given.
  func oneInput(_ inputs: [Shape], ranks: ClosedRange<Int> = Shape.ranks, at location: Diagnostic.Location) throws
    -> Shape
  {
    guard inputs.count == 1 else {
      throw Diagnostic("\(Self.mnemonic) of \(inputs.count) tensors", at: location, supported: "one input")
    }
    guard ranks.contains(inputs[0].rank) else {
      throw Diagnostic(
        "\(Self.mnemonic) of a tensor of shape \(inputs[0])", at: location,
        supported: "\(ranks.lowerBound) to \(ranks.upperBound) axes besides the batch")
    }
    return inputs[0]
  }
}

import ONNX
import QIR
import Quantization

/// The scale, zero point and axis of a QuantizeLinear or DequantizeLinear.
struct QuantizationParameters {
  private let scale: Constant
  /// nil is zero.
  private let zeroPoint: Constant?
  private let axis: Int
  private let type: ONNXElementType

  /// - Parameter input: the number of the scale among the inputs; the zero point stands behind it.
  init(_ reader: inout NodeReader, input: Int, ofQuantize isQuantize: Bool) throws {
    let declared = isQuantize ? try reader.int("output_dtype", default: 0) : 0
    axis = try reader.int("axis", default: 1)
    let block = try reader.int("block_size", default: 0)
    guard block == 0 else {
      throw reader.problem("block_size = \(block)", supported: "scales per tensor or per index of one axis")
    }
    scale = try reader.constant(input)
    zeroPoint = try reader.constantIfPresent(input + 1)
    if let zeroPoint {
      guard case .integers(_, let type) = zeroPoint.numbers, let bits = type.bits, bits <= 32 else {
        throw reader.problem("a zero point of another type than codes have", supported: "integers of up to 32 bits")
      }
      self.type = type
    } else {
      type = ONNXElementType(rawValue: declared) ?? .uint8
    }
    guard scale.count > 0, scale.floats.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw reader.problem("a scale that is not a positive number", supported: "finite scales above 0")
    }
    if let zeroPoint, zeroPoint.count != scale.count, zeroPoint.count != 1 {
      throw reader.problem(
        "\(scale.count) scales and \(zeroPoint.count) zero points", supported: "as many zero points as scales")
    }
  }

  /// Of a tensor that the network computes.
  func encoding(over shape: [Int], _ reader: NodeReader) throws -> IntegerEncoding {
    let encoding = try encoding(shape: shape, reader)
    guard encoding.axis.map({ $0 >= reader.firstDataAxis }) ?? true else {
      throw reader.problem("scales along the batch", supported: "scales along another axis")
    }
    return encoding
  }

  func encoding(of constant: Constant, _ reader: NodeReader) throws -> IntegerEncoding {
    try encoding(shape: constant.shape, reader)
  }

  private func encoding(shape: [Int], _ reader: NodeReader) throws -> IntegerEncoding {
    let zeros = zeroPoint?.integers ?? [0]
    let scales = scale.floats
    // A scale axis of extent 1 is no different from one scale.
    guard scales.count > 1 else {
      return IntegerEncoding(type: type, scales: scales, zeroPoints: [zeros[0]], axis: nil)
    }
    let axis = try reader.axis(axis, rank: shape.count)
    guard scale.shape.count == 1, shape[axis] == scales.count else {
      throw reader.problem(
        "scales of shape \(scale.shape) along axis \(axis) of a tensor of shape \(shape)",
        supported: "[\(shape[axis])]")
    }
    return IntegerEncoding(
      type: type, scales: scales,
      zeroPoints: zeros.count == scales.count ? zeros : Array(repeating: zeros[0], count: scales.count), axis: axis)
  }
}

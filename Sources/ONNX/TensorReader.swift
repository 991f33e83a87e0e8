import COnnx
import Diagnostics
import Files

/// Finds the elements of a tensor and checks that there are as many as its shape says.
struct TensorReader {
  let message: Onnx__TensorProto
  let parsed: ParsedModel
  let name: String
  let shape: [Int]
  let location: Diagnostic.Location

  /// More than any network that is read here.
  private static let elementLimit = 1 << 31

  func read() throws -> ONNXTensor {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow, product <= Self.elementLimit else {
        throw Diagnostic("a tensor of shape \(shape)", at: location, supported: "extents of 0 or more, 2^31 elements")
      }
      count = product
    }
    let code = Int(message.data_type)
    guard let type = ONNXElementType(rawValue: code) else {
      throw Diagnostic("a tensor of element type \(code)", at: location, supported: "ONNX' element types 1 to 22")
    }
    guard let bits = type.bits else {
      // Text is nothing to compute with: whoever asks for its elements says so.
      return ONNXTensor(name: name, typeCode: code, shape: shape, storage: .bytes(ByteBuffer([])))
    }
    let storage = try storage(type)
    let expected: Int
    let found: Int
    switch storage {
    case .bytes(let bytes): (expected, found) = ((count * bits + 7) / 8, bytes.count)
    case .int32s(let buffer): (expected, found) = (bits == 4 ? (count + 1) / 2 : count, buffer.count)
    case .int64s(let buffer): (expected, found) = (count, buffer.count)
    case .uint64s(let buffer): (expected, found) = (count, buffer.count)
    case .floats(let buffer): (expected, found) = (count * max(1, bits / 32), buffer.count)
    case .doubles(let buffer): (expected, found) = (count * max(1, bits / 64), buffer.count)
    }
    guard found == expected else {
      let unit = if case .bytes = storage { "bytes" } else { "elements" }
      throw Diagnostic(
        "\(found) \(unit) of data for a tensor of shape \(shape) of \(type.name)", at: location,
        supported: "\(expected) \(unit)", fix: "the file is damaged or cut off: export it again")
    }
    return ONNXTensor(name: name, typeCode: code, shape: shape, storage: storage)
  }

  private func storage(_ type: ONNXElementType) throws -> ONNXTensor.Storage {
    if message.data_location == 1 {
      return .bytes(ByteBuffer(try ExternalData(message, location: location).read()))
    }
    if message.has_raw_data == 1 {
      return .bytes(ByteBuffer(in: parsed, message.raw_data.data, count: message.raw_data.len))
    }
    switch type {
    case .float, .complex64:
      return .floats(ElementBuffer(in: parsed, message.float_data, count: message.n_float_data))
    case .double, .complex128:
      return .doubles(ElementBuffer(in: parsed, message.double_data, count: message.n_double_data))
    case .int64: return .int64s(ElementBuffer(in: parsed, message.int64_data, count: message.n_int64_data))
    case .uint32, .uint64:
      return .uint64s(ElementBuffer(in: parsed, message.uint64_data, count: message.n_uint64_data))
    default: return .int32s(ElementBuffer(in: parsed, message.int32_data, count: message.n_int32_data))
    }
  }
}

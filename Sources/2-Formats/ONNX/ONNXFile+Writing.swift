import COnnx
import Diagnostics
import Files

extension ONNXFile {
  /// The file's bytes.
  ///
  /// - Throws: `Diagnostic` where protobuf's limit of 2 GB is not enough.
  package static func bytes(of model: ONNXModel, file: String) throws -> [UInt8] {
    let arena = MessageArena()
    var message = MessageWriter(arena: arena).model(model)
    let size = onnx__model_proto__get_packed_size(&message)
    guard size < sizeLimit else {
      throw Diagnostic(
        "the model would take \(size) bytes", at: .init(file: file),
        supported: "less than 2 GB, the limit of protobuf")
    }
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = onnx__model_proto__pack(&message, buffer.baseAddress)
      withExtendedLifetime(arena) {}
    }
  }

  /// Writes the whole file or nothing.
  package static func write(_ model: ONNXModel, to path: String) throws {
    try OutputFile.write(bytes(of: model, file: path), to: path)
  }
}

import COnnx
import Diagnostics
import Files

/// Reads and writes ONNX files: protobuf, and tensor data beside it.
package enum ONNXFile {
  /// The largest file that protobuf allows.
  static let sizeLimit = 2 << 30

  /// - Throws: `Diagnostics`, everything that is wrong with the file as a container.
  package static func read(_ path: String) throws(Diagnostics) -> ONNXModel {
    try Diagnostics.collected {
      let file = try InputFile(path)
      var memory = try MemoryBudget()
      try memory.take(file.size, of: 1, for: "the file's bytes", at: .init(file: path))
      // The file's bytes are not kept: what was parsed has the tensors in it, and the model has them once more.
      let parsed = try parse(file.bytes(limit: sizeLimit), file: path)
      var model = try model(parsed, file: path)
      model.memory = memory
      return model
    }
  }

  /// The same from bytes. External data is looked for beside `file`.
  package static func read(_ bytes: [UInt8], file: String) throws(Diagnostics) -> ONNXModel {
    let parsed = try Diagnostics.collected { try parse(bytes, file: file) }
    return try model(parsed, file: file)
  }

  private static func parse(_ bytes: [UInt8], file: String) throws -> ParsedModel {
    var isTooLarge = false
    if let model = ParsedModel(bytes, isTooLarge: &isTooLarge) { return model }
    throw Diagnostic(
      isTooLarge
        ? "the file holds so many small messages that it would take more memory than a network needs"
        : "the file is no ONNX model, or damaged: its protobuf messages do not fit together",
      at: .init(file: file), supported: "ONNX models of IR version 4 to 14",
      fix: "look at it with onnx.checker.check_model, or export it again")
  }

  private static func model(_ parsed: ParsedModel, file: String) throws(Diagnostics) -> ONNXModel {
    var reader = MessageReader(parsed, file: file)
    let model = reader.model()
    try reader.problems.throwIfErrors()
    guard let model else { throw reader.problems }
    return model
  }

  /// The file's bytes.
  ///
  /// - Throws: `Diagnostic` where protobuf's limit of 2 GB is not enough.
  package static func bytes(of model: ONNXModel, file: String) throws -> [UInt8] {
    let arena = MessageArena()
    var message = MessageWriter(arena: arena).model(model)
    let size = onnx__model_proto__get_packed_size(&message)
    try require(
      size < sizeLimit, "the model would take \(size) bytes", at: .init(file: file),
      supported: "less than 2 GB, the limit of protobuf")
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

import CTFLite
import Diagnostics
import Files

/// Reads TensorFlow Lite files: flatbuffers that the library's verifier finds whole.
package enum TFLiteFile {
  /// The largest flatbuffer there is.
  static let sizeLimit = 2 << 30 - 1

  /// - Throws: `Diagnostics`, everything that is wrong with the file as a container.
  package static func read(_ path: String) throws(Diagnostics) -> TFLiteModel {
    try Diagnostics.collected {
      let file = try InputFile(path)
      var memory = try MemoryBudget()
      try memory.take(file.size, of: 1, for: "the file's bytes", at: .init(file: path))
      return try read(file.bytes(limit: sizeLimit), file: path, memory: memory)
    }
  }

  /// The same from bytes.
  package static func read(
    _ bytes: [UInt8], file: String, memory: MemoryBudget = MemoryBudget(bytes: MemoryBudget.standard)
  ) throws(Diagnostics) -> TFLiteModel {
    try Diagnostics.collected {
      try bytes.withUnsafeBufferPointer { buffer throws -> TFLiteModel in
        let start = buffer.baseAddress.map { UInt(bitPattern: $0) } ?? 0
        precondition(start.isMultiple(of: 16), "arrays begin where any number may")
        guard let base = buffer.baseAddress, let model = qcc_tfl_verified(base, buffer.count) else {
          throw Diagnostic(
            "the file is no TensorFlow Lite model, or damaged: its tables do not lie within it", at: .init(file: file),
            supported: "flatbuffers with the identifier TFL3",
            fix: "convert the network again, or copy the file again, as binary")
        }
        var reader = TableReader(model, bytes: bytes, base: base, file: file, memory: memory)
        return try reader.contents()
      }
    }
  }
}

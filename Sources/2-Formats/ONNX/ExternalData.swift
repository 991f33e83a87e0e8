import COnnx
import Diagnostics
import Files
import Libc

/// A tensor's elements in another file of the model's folder (ONNX `external_data`: location, offset, length).
struct ExternalData: Sendable {
  private let path: String
  private let offset: Int
  private let length: Int?
  private let location: Diagnostic.Location

  /// - Throws: `Diagnostic` where the file would lie outside of the model's folder.
  init(_ message: Onnx__TensorProto, location: Diagnostic.Location) throws {
    var entries: [String: String] = [:]
    for entry in UnsafeBufferPointer(start: message.external_data, count: message.n_external_data) {
      guard let entry = entry?.pointee else { continue }
      let key = String(decoding: UnsafeBufferPointer(start: entry.key.data, count: entry.key.len), as: UTF8.self)
      entries[key] = String(
        decoding: UnsafeBufferPointer(start: entry.value.data, count: entry.value.len), as: UTF8.self)
    }
    func number(_ key: String) throws -> Int? {
      guard let text = entries[key] else { return nil }
      guard let number = Int(text), number >= 0 else {
        throw Diagnostic("external data with \(key) '\(text)'", at: location, supported: "a number of bytes")
      }
      return number
    }
    offset = try number("offset") ?? 0
    length = try number("length")
    self.location = location
    guard let name = entries["location"], !name.isEmpty, !name.utf8.contains(0) else {
      throw Diagnostic("external data that names no file", at: location)
    }
    path = try Self.path(of: name, besideModel: location.file ?? "", at: location)
  }

  func read() throws -> [UInt8] {
    do {
      let file = try InputFile(path)
      let length = length ?? max(0, file.size - offset)
      guard offset <= file.size, length <= file.size - offset else {
        throw Diagnostic(
          "external data at byte \(offset), \(length) bytes long, in '\(path)', which has \(file.size) bytes",
          at: location, fix: "the file is damaged or belongs to another model")
      }
      return try file.bytes(at: offset, count: length)
    } catch let problem as Diagnostic where problem.location.file == path {
      throw Diagnostic("its external data '\(path)': \(problem.found)", at: location)
    }
  }

  /// Only files below the model's own folder, by name and after links are followed.
  private static func path(
    of name: String, besideModel model: String, at location: Diagnostic.Location
  ) throws -> String {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let folder = model.lastIndex(of: "/").map { String(model[...$0]) } ?? "./"
    let path = folder + name
    let isInside: Bool
    if name.hasPrefix("/") || parts.contains("..") {
      isInside = false
    } else if let real = realPath(path), let root = realPath(folder) {
      isInside = real.hasPrefix(root == "/" ? root : root + "/")
    } else {
      isInside = true
    }
    try require(
      isInside, "external data in '\(name)', outside of the model's folder", at: location,
      supported: "files in the folder of the model or below it")
    return path
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

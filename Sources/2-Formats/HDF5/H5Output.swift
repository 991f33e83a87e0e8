import CHDF5Shims
import Diagnostics
import Libc

/// What is to stand in an HDF5 file: texts as attributes of groups, and float32 arrays. The same content is the same bytes.
package struct H5Output: Sendable {
  /// Paths have no leading `/`; groups come to be with what is in them. "" is the root.
  private enum Entry: Sendable {
    case text(String, group: String, name: String)
    case texts([String], group: String, name: String)
    case floats([Float], shape: [Int], path: String)
  }

  private var entries: [Entry] = []

  package init() {}

  package mutating func put(_ text: String, named name: String, at group: String = "") {
    entries.append(.text(text, group: group, name: name))
  }

  package mutating func put(_ texts: [String], named name: String, at group: String) {
    entries.append(.texts(texts, group: group, name: name))
  }

  /// - Parameter floats: last axis fastest.
  package mutating func put(_ floats: [Float], shape: [Int], at path: String) {
    precondition(floats.count == shape.reduce(1, *), "as many numbers as the shape holds")
    entries.append(.floats(floats, shape: shape, path: path))
  }

  /// The file's bytes.
  /// - Parameter file: for messages.
  /// - Throws: `Diagnostic` where HDF5 does not take it.
  package func bytes(file: String) throws -> [UInt8] {
    guard let output = chdf5_output_open() else { throw Diagnostic("no memory is left", at: .init(file: file)) }
    for entry in entries {
      switch entry {
      case .text(let text, let group, let name): chdf5_output_text(output, group, name, text)
      case .texts(let texts, let group, let name):
        withPointers(to: texts) { chdf5_output_texts(output, group, name, $0, texts.count) }
      case .floats(let floats, let shape, let path):
        chdf5_output_floats(output, path, floats, shape.map { UInt64($0) }, shape.count)
      }
    }
    var count = 0
    var message = [CChar](repeating: 0, count: 256)
    guard let bytes = chdf5_output_close(output, &count, &message) else {
      let text = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw Diagnostic("HDF5 cannot hold the network: \(text)", at: .init(file: file))
    }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }

  private func withPointers(to texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Void) {
    let copies = texts.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

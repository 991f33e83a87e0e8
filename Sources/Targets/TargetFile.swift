import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where accelerators come from: files that are built in, and those that users bring.
package enum TargetFile {
  /// Target files are small; a larger one is a mistake.
  static let sizeLimit = 1 << 20

  package static var builtinNames: [String] { BuiltinTargets.files.map(\.name) }

  /// The accelerator called `name`, or the one in the file at that path.
  /// - Throws: `Diagnostics` with every problem of the file.
  package static func load(_ name: String) throws(Diagnostics) -> Accelerator {
    if let builtin = BuiltinTargets.files.first(where: { $0.name == name }) {
      return try parse(builtin.text, file: "\(name).yaml (built in)")
    }
    let location = Diagnostic.Location(file: name)
    let path = URL(fileURLWithPath: name)
    var data = Data()
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: name)
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        throw Diagnostic("the target is not a regular file", at: location, supported: "a YAML file")
      }
      let size = (attributes[.size] as? any BinaryInteger).map { Int($0) } ?? 0
      guard size <= sizeLimit else {
        throw Diagnostic("the target file has \(size) bytes", at: location, supported: "at most \(sizeLimit) bytes")
      }
      data = try Data(contentsOf: path)
    } catch let problem as Diagnostic {
      throw Diagnostics([problem])
    } catch {
      throw Diagnostics([
        Diagnostic(
          "there is no target of this name, and no such file can be read", at: location,
          supported: "\(builtinNames.joined(separator: ", ")), or the path of a YAML file",
          fix: "list the targets with `qcc targets`")
      ])
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw Diagnostics([Diagnostic("the target file is not text in UTF-8", at: location)])
    }
    return try parse(text, file: name)
  }

  /// Reads a target file's text; `file` is its name in messages.
  /// - Throws: `Diagnostics` with every problem of the file.
  package static func parse(_ text: String, file: String) throws(Diagnostics) -> Accelerator {
    var reader = try TargetReader(text: text, file: file)
    return try reader.accelerator()
  }
}

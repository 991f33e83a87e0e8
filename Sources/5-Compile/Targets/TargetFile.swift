import Diagnostics
import Files

/// Where accelerators come from: files that are built in, and those that users bring.
package enum TargetFile {
  package static var builtinNames: [String] { BuiltinTargets.files.map(\.name) }

  /// The accelerator called `name`, or the one in the file at that path.
  /// - Throws: `Diagnostics` with every problem of the file.
  package static func load(_ name: String) throws(Diagnostics) -> Accelerator {
    if let builtin = BuiltinTargets.files.first(where: { $0.name == name }) {
      return try parse(builtin.text, file: "\(name).yaml (built in)")
    }
    return try parse(
      DescriptionFile(kind: "target", builtin: builtinNames, listing: "qcc targets").text(at: name), file: name)
  }

  /// Reads a target file's text; `file` is its name in messages.
  /// - Throws: `Diagnostics` with every problem of the file.
  package static func parse(_ text: String, file: String) throws(Diagnostics) -> Accelerator {
    var reader = try TargetReader(text: text, file: file)
    return try reader.accelerator()
  }
}

/// A YAML file that describes hardware: a target or a process.
struct DescriptionFile {
  /// `target`
  let kind: String
  /// Names that stand for files that are built in.
  let builtin: [String]
  /// How to list them.
  let listing: String?

  /// Such files are small; a larger one is a mistake.
  private static let sizeLimit = 1 << 20

  func text(at name: String) throws(Diagnostics) -> String {
    do { return try contents(of: name) } catch { throw Diagnostics([error]) }
  }

  private func contents(of name: String) throws(Diagnostic) -> String {
    let location = Diagnostic.Location(file: name)
    let found = try require(
      FileStatus(name, followingLinks: true)?.kind, "there is no \(kind) of this name, and no such file can be read",
      at: location, supported: "\(builtin.joined(separator: ", ")), or the path of a YAML file",
      fix: listing.map { "list the \(kind)s with `\($0)`" })
    try require(found == .regular, "the \(kind) is not a regular file", at: location, supported: "a YAML file")
    let file = try InputFile(name)
    try require(
      file.size <= Self.sizeLimit, "the \(kind) file has \(file.size) bytes", at: location,
      supported: "at most \(Self.sizeLimit) bytes")
    return try require(
      String(validating: try file.bytes(limit: Self.sizeLimit), as: UTF8.self), "the \(kind) file is not text in UTF-8",
      at: location)
  }
}

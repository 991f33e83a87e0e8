import Diagnostics

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

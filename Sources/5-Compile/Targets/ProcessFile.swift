import Diagnostics

/// Where energy processes come from: files that are built in, and those that users bring.
package enum ProcessFile {
  package static var builtinNames: [String] { BuiltinTargets.processes.map(\.name) }

  /// The process called `name`, or the one in the file at that path.
  /// - Throws: `Diagnostics` with every problem of the file.
  package static func load(_ name: String) throws(Diagnostics) -> EnergyProcess {
    if let builtin = BuiltinTargets.processes.first(where: { $0.name == name }) {
      return try parse(builtin.text, file: "\(name).yaml (built in)")
    }
    return try parse(
      DescriptionFile(kind: "process", builtin: builtinNames, listing: nil).text(at: name), file: name)
  }

  /// Reads a process file's text; `file` is its name in messages.
  /// - Throws: `Diagnostics` with every problem of the file.
  package static func parse(_ text: String, file: String) throws(Diagnostics) -> EnergyProcess {
    var reader = try ProcessReader(text: text, file: file)
    return try reader.process()
  }
}

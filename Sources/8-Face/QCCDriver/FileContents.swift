import Diagnostics
import Files

/// What files hold, so that what was made of them is not gone on with from others.
enum FileContents {
  /// - Parameter files: arguments as `NetworkInputs` takes them, by what they are for.
  /// - Returns: for every file its SHA-256.
  /// - Throws: `Diagnostics`, files that cannot be read.
  static func identity(
    of files: [(name: String, paths: [String])]
  ) throws(Diagnostics) -> [(name: String, value: String)] {
    var problems = Diagnostics()
    var identity: [(name: String, value: String)] = []
    for (name, paths) in files {
      for path in paths {
        guard let bytes = problems.collecting({ try InputFile(file(of: path)).bytes(limit: .max) }) else { continue }
        identity.append(("contents of \(name) \(path)", SHA256.hexadecimal(bytes)))
      }
    }
    try problems.throwIfErrors()
    return identity
  }

  /// Of `input=file.h5:dataset`.
  private static func file(of argument: String) -> String {
    if InputFile.isOne(argument) { return argument }
    let path = argument.split(separator: "=", maxSplits: 1).last.map(String.init) ?? argument
    if InputFile.isOne(path) { return path }
    guard let colon = path.lastIndex(of: ":") else { return path }
    return String(path[..<colon])
  }
}

import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

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
    let location = Diagnostic.Location(file: name)
    let path = URL(fileURLWithPath: name)
    var data = Data()
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: name)
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        throw Diagnostic("the \(kind) is not a regular file", at: location, supported: "a YAML file")
      }
      let size = (attributes[.size] as? any BinaryInteger).map { Int($0) } ?? 0
      guard size <= Self.sizeLimit else {
        throw Diagnostic(
          "the \(kind) file has \(size) bytes", at: location, supported: "at most \(Self.sizeLimit) bytes")
      }
      data = try Data(contentsOf: path)
    } catch let problem as Diagnostic {
      throw Diagnostics([problem])
    } catch {
      throw Diagnostics([
        Diagnostic(
          "there is no \(kind) of this name, and no such file can be read", at: location,
          supported: "\(builtin.joined(separator: ", ")), or the path of a YAML file",
          fix: listing.map { "list the \(kind)s with `\($0)`" })
      ])
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw Diagnostics([Diagnostic("the \(kind) file is not text in UTF-8", at: location)])
    }
    return text
  }
}

import Diagnostics

/// A value of a YAML document and the line it begins in, counted from 1. Scalars are text: what they mean is their reader's
/// matter. An alias is the value that it stands for.
package struct YAMLNode: Sendable {
  package enum Content: Sendable {
    case scalar(String)
    case sequence([YAMLNode])
    /// In the order of the text; no key stands twice.
    case mapping([Member])
  }

  package struct Member: Sendable {
    package let key: YAMLNode
    package let value: YAMLNode
  }

  package let content: Content
  package let line: Int
  /// How many values it is made of, itself included; what an alias stands for counts each time.
  let size: Int

  package var text: String? {
    guard case .scalar(let text) = content else { return nil }
    return text
  }

  package var items: [YAMLNode]? {
    guard case .sequence(let items) = content else { return nil }
    return items
  }

  package var members: [Member]? {
    guard case .mapping(let members) = content else { return nil }
    return members
  }

  /// - Parameter file: the text's name in messages.
  /// - Returns: the one document of a text; nil where it holds none.
  /// - Throws: `Diagnostic` where the text is not YAML, or more than `Limits` allow.
  package static func document(in text: String, file: String) throws(Diagnostic) -> YAMLNode? {
    var text = text
    let result = text.withUTF8 { bytes in
      Result { () throws(Diagnostic) in
        var composer = Composer(bytes, file: file)
        return try composer.document()
      }
    }
    return try result.get()
  }

  /// What files of ours never need: they stop those that are made to take time or memory.
  enum Limits {
    static let depth = 64
    static let size = 100_000
  }
}

import Diagnostics

/// Attributes as Keras writes them: one of more than 64 KiB is split into `name0`, `name1`, … of up to that size
/// (`save_attributes_to_hdf5_group` in keras/src/saving/legacy/hdf5_format.py), which are put together again here.
extension H5Group {
  /// The text of an attribute; `nil` if there is none.
  /// - Throws: `Diagnostic` if it is not one text.
  package func attribute(_ name: String) throws -> String? {
    guard let texts = try stringArray(attribute: name) else { return nil }
    let isWhole = attributes.contains { $0.name == name }
    guard !isWhole || texts.count == 1 else {
      throw Diagnostic("attribute '\(name)' has \(texts.count) elements", at: location, supported: "one string")
    }
    return texts.joined()
  }

  /// The texts of an attribute, over all its chunks; `nil` if there is none. An empty list may be of any type.
  /// - Throws: `Diagnostic` if it does not hold strings.
  package func stringArray(attribute name: String) throws -> [String]? {
    if let whole = attributes.first(where: { $0.name == name }) { return try whole.value.strings }
    var texts: [String]?
    var chunk = 0
    while let next = attributes.first(where: { $0.name == "\(name)\(chunk)" }) {
      texts = try (texts ?? []) + next.value.strings
      chunk += 1
    }
    return texts
  }
}

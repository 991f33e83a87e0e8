import Diagnostics

/// A folder of groups and datasets in a file.
package struct H5Group: Hashable, Sendable {
  /// The last part of its path; empty for the root.
  package let name: String
  /// From the root, without a leading `/`.
  package let path: String
  /// Sorted by name, as are `groups` and `datasets`.
  package let attributes: [H5Attribute]
  package let groups: [H5Group]
  package let datasets: [H5Dataset]
  /// The file, and as tensor this group's path.
  let location: Diagnostic.Location

  /// The group at a path from here, `a/b`.
  /// - Throws: `Diagnostic` that lists what groups there are.
  package func group(_ path: String) throws -> H5Group {
    if let found = groupIfPresent(path) { return found }
    throw missing("group", path, have: groups.map(\.name))
  }

  /// The group at a path from here, `a/b`.
  package func groupIfPresent(_ path: String) -> H5Group? {
    var here = self
    for part in path.split(separator: "/") {
      guard let next = here.groups.first(where: { $0.name == part }) else { return nil }
      here = next
    }
    return here
  }

  /// The dataset at a path from here, `a/b`.
  /// - Throws: `Diagnostic` that lists what datasets there are.
  package func dataset(_ path: String) throws -> H5Dataset {
    if let found = datasetIfPresent(path) { return found }
    let prefix = self.path.isEmpty ? 0 : self.path.utf8.count + 1
    throw missing("dataset", path, have: allDatasets.map { String($0.path.dropFirst(utf8: prefix)) })
  }

  /// The dataset at a path from here, `a/b`.
  package func datasetIfPresent(_ path: String) -> H5Dataset? {
    let parts = path.split(separator: "/")
    guard let last = parts.last,
      let group = parts.count == 1 ? self : groupIfPresent(parts.dropLast().joined(separator: "/"))
    else { return nil }
    return group.datasets.first { $0.name == last }
  }

  /// The datasets in here at any depth, those of this group first.
  package var allDatasets: [H5Dataset] { datasets + groups.flatMap(\.allDatasets) }

  private func missing(_ kind: String, _ path: String, have names: [String]) -> Diagnostic {
    let place = self.path.isEmpty ? "no \(kind) '\(path)'" : "no \(kind) '\(path)' in group '\(self.path)'"
    let found = names.isEmpty ? "\(place), which has no \(kind)s" : "\(place); it has \(names.quotedList)"
    return Diagnostic(found, at: .init(file: location.file))
  }
}

extension String {
  /// Without its first `count` UTF-8 bytes.
  fileprivate func dropFirst(utf8 count: Int) -> Substring {
    self[(utf8.index(utf8.startIndex, offsetBy: count, limitedBy: utf8.endIndex) ?? endIndex)...]
  }
}

/// Attributes as Keras writes them: one of more than 64 KiB is split into `name0`, `name1`, … of up to that size
/// (`save_attributes_to_hdf5_group` in keras/src/saving/legacy/hdf5_format.py), which are put together again here.
extension H5Group {
  /// The text of an attribute; `nil` if there is none.
  /// - Throws: `Diagnostic` if it is not one text.
  package func attribute(_ name: String) throws -> String? {
    guard let texts = try stringArray(attribute: name) else { return nil }
    let isWhole = attributes.contains { $0.name == name }
    try require(
      !isWhole || texts.count == 1, "attribute '\(name)' has \(texts.count) elements", at: location,
      supported: "one string")
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

/// An array in a file.
package struct H5Dataset: Hashable, Sendable {
  /// The last part of its path.
  package let name: String
  /// From the root, without a leading `/`.
  package let path: String
  package let value: H5Value
  package let attributes: [H5Attribute]

  package var shape: [Int] { value.shape }
  package var elementType: H5ElementType { value.elementType }
  package var elementCount: Int { value.elementCount }
  /// See `H5Value`.
  package var elementSize: Int { value.elementSize }
  /// See `H5Value`.
  package var floats: [Float] { get throws { try value.floats } }
  /// See `H5Value`.
  package var doubles: [Double] { get throws { try value.doubles } }
  /// See `H5Value`.
  package var ints: [Int64] { get throws { try value.ints } }
  /// See `H5Value`.
  package var strings: [String] { get throws { try value.strings } }
}

/// A small named value at a group or a dataset.
package struct H5Attribute: Hashable, Sendable {
  package let name: String
  package let value: H5Value
}

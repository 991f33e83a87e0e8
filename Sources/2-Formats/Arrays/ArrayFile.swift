import Diagnostics
import Files
import HDF5

/// An array by its name on the command line: `inputs.npy`, or a dataset in an HDF5 file, `file.h5:x`.
package enum ArrayFile {
  private static let hdf5Extensions = [".h5", ".hdf5"]
  private static let supported = "NAME.npy, or FILE.h5:DATASET"

  /// - Throws: `Diagnostic` with the file; for a dataset that is not there it lists those that are.
  package static func load(_ name: String) throws -> NumericArray {
    if let (file, dataset) = splitDataset(name) { return try load(dataset: dataset, in: file) }
    if name.lowercased().hasSuffix(".npy") { return try NpyFile.load(name) }
    let lower = name.lowercased()
    if hdf5Extensions.contains(where: { lower.hasSuffix($0) }) {
      let have = try H5File(name, attributes: [], structureOnly: true).root.allDatasets.map(\.path)
      throw Diagnostic(
        "no dataset is named", at: .init(file: name), supported: supported,
        fix: have.first.map { "'\(name):\($0)'" })
    }
    throw Diagnostic("not a name of an array file", at: .init(file: name), supported: supported)
  }

  private static func load(dataset path: String, in file: String) throws -> NumericArray {
    let structure = try H5File(file, only: [path], attributes: [], structureOnly: true)
    guard var dataset = structure.root.datasetIfPresent(path) else {
      // Throws with the list: reading it again without the filter may find other problems first.
      _ = try H5File(file, attributes: [], structureOnly: true).root.dataset(path)
      throw Diagnostic("no dataset '\(path)'", at: .init(file: file))
    }
    let place = Diagnostic.Location(file: file, tensor: dataset.path)
    var budget = try MemoryBudget()
    try budget.take(dataset.elementCount, of: MemoryLayout<Double>.size, for: "its numbers", at: place)
    dataset = try structure.reading([dataset.path]).root.dataset(path)
    let values: [Double]
    switch dataset.elementType {
    case .signed, .unsigned, .enumeration: values = try dataset.exactIntegers(at: place)
    case .float, .string, .other: values = try dataset.doubles
    }
    return NumericArray(shape: dataset.shape, values: values, integers: dataset.elementType.integers)
  }

  /// `a.h5:b/c:0` is `a.h5` and `b/c:0`: the first colon after an HDF5 file's extension counts.
  private static func splitDataset(_ name: String) -> (file: String, dataset: String)? {
    var start = name.startIndex
    while let colon = name[start...].firstIndex(of: ":") {
      let file = name[..<colon].lowercased()
      let dataset = name[name.index(after: colon)...]
      if hdf5Extensions.contains(where: { file.hasSuffix($0) }), !dataset.isEmpty {
        return (String(name[..<colon]), String(dataset))
      }
      start = name.index(after: colon)
    }
    return nil
  }
}

extension H5ElementType {
  fileprivate var integers: NumericType? {
    switch self {
    case .signed(let bits): NumericType(rawValue: "i\(bits / 8)")
    case .unsigned(let bits): NumericType(rawValue: "u\(bits / 8)")
    case .enumeration, .float, .string, .other: nil
    }
  }
}

extension H5Dataset {
  fileprivate func exactIntegers(at place: Diagnostic.Location) throws -> [Double] {
    try ints.map { try exact($0, at: place) }
  }
}

import CHDF5Shims
import Diagnostics

/// Reads the records of a snapshot into values. The reading child may have broken its own memory without dying of it:
/// every length is checked against the bytes that there are.
struct SnapshotReader {
  /// The child ended well and yet wrote something else than records.
  struct Malformed: Error {}

  private var rest: UnsafeRawBufferPointer
  private let file: String
  /// Groups around the one that is read.
  private var depth = 0
  /// More than the child goes down: what broke it might write groups in groups without end.
  private static let depthLimit = 80
  private(set) var refused: [Diagnostic] = []

  init(_ bytes: UnsafeRawBufferPointer, file: String) {
    self.rest = bytes
    self.file = file
  }

  mutating func root() throws -> H5Group {
    guard try number(UInt8.self) == CHDF5_GROUP.rawValue else { throw Malformed() }
    return try group(in: nil)
  }

  private mutating func group(in outer: String?) throws -> H5Group {
    guard depth < Self.depthLimit else { throw Malformed() }
    depth += 1
    defer { depth -= 1 }
    let name = try string()
    let path = outer.map { $0.isEmpty ? name : "\($0)/\(name)" } ?? ""
    var attributes: [H5Attribute] = []
    var groups: [H5Group] = []
    var datasets: [H5Dataset] = []
    while true {
      switch chdf5_record(UInt32(try number(UInt8.self))) {
      case CHDF5_END:
        return H5Group(
          name: name, path: path, attributes: attributes, groups: groups, datasets: datasets, location: place(path))
      case CHDF5_GROUP: groups.append(try group(in: path))
      case CHDF5_DATASET: datasets.append(try dataset(in: path))
      case CHDF5_ATTRIBUTE: attributes.append(try attribute(at: path))
      case CHDF5_REFUSED: try refusal()
      default: throw Malformed()
      }
    }
  }

  private mutating func dataset(in outer: String) throws -> H5Dataset {
    let name = try string()
    let path = outer.isEmpty ? name : "\(outer)/\(name)"
    let value = try value(at: path)
    var attributes: [H5Attribute] = []
    while true {
      switch chdf5_record(UInt32(try number(UInt8.self))) {
      case CHDF5_END: return H5Dataset(name: name, path: path, value: value, attributes: attributes)
      case CHDF5_ATTRIBUTE: attributes.append(try attribute(at: path))
      case CHDF5_REFUSED: try refusal()
      default: throw Malformed()
      }
    }
  }

  private mutating func attribute(at path: String) throws -> H5Attribute {
    let name = try string()
    return H5Attribute(name: name, value: try value(at: path.isEmpty ? name : "\(path)/\(name)"))
  }

  private mutating func refusal() throws {
    let path = try string()
    let what = try string()
    refused.append(Diagnostic("'\(path)' is refused: \(what)", at: .init(file: file)))
  }

  private mutating func value(at path: String) throws -> H5Value {
    let type = try elementType()
    let rank = try number(UInt8.self)
    var shape: [Int] = []
    for _ in 0..<rank {
      guard let dimension = Int(exactly: try number(UInt64.self)) else { throw Malformed() }
      shape.append(dimension)
    }
    let storage = chdf5_storage(UInt32(try number(UInt8.self)))
    guard let count = Int(exactly: try number(UInt64.self)) else { throw Malformed() }
    let product = try require(
      shape.elementCount, "an array of shape \(shape)", at: place(path), supported: "as many elements as memory holds")
    guard product == count else { throw Malformed() }
    return H5Value(
      elementType: type, shape: shape, storage: try elements(storage, count: count), location: place(path))
  }

  private mutating func elementType() throws -> H5ElementType {
    let type = chdf5_class(UInt32(try number(UInt8.self)))
    let bits = 8 * Int(try number(UInt32.self))
    switch type {
    case CHDF5_INTEGER: return .signed(bits: bits)
    case CHDF5_UNSIGNED: return .unsigned(bits: bits)
    case CHDF5_FLOAT: return .float(bits: bits)
    case CHDF5_ENUM: return .enumeration(bits: bits)
    case CHDF5_STRING: return .string
    default: return .other
    }
  }

  private mutating func elements(_ storage: chdf5_storage, count: Int) throws -> H5Value.Storage {
    switch storage {
    case CHDF5_AS_NOTHING: return count == 0 ? .nothing : .left
    case CHDF5_AS_FLOAT: return .floats(try array(count))
    case CHDF5_AS_DOUBLE: return .doubles(try array(count))
    case CHDF5_AS_INT64: return .signed(try array(count))
    case CHDF5_AS_UINT64: return .unsigned(try array(count))
    case CHDF5_AS_STRINGS:
      var strings: [String] = []
      for _ in 0..<count { strings.append(try string()) }
      return .strings(strings)
    case CHDF5_AS_UNREADABLE: return .unreadable(try string())
    default: throw Malformed()
    }
  }

  private func place(_ path: String) -> Diagnostic.Location {
    Diagnostic.Location(file: file, tensor: path.isEmpty ? nil : path)
  }

  private mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count >= 0, count <= rest.count else { throw Malformed() }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<count])
  }

  private mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws -> Number {
    try take(MemoryLayout<Number>.size).loadUnaligned(as: Number.self)
  }

  private mutating func string() throws -> String {
    guard let count = Int(exactly: try number(UInt64.self)) else { throw Malformed() }
    return String(decoding: try take(count), as: UTF8.self)
  }

  private mutating func array<Element: BitwiseCopyable>(_ count: Int) throws -> [Element] {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow else { throw Malformed() }
    let bytes = try take(size)
    return [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      filled = count
    }
  }
}

import CHDF5Shims
import Diagnostics
import Files

/// What an HDF5 file holds, as values. libhdf5 runs in a process of its own that has the file's bytes and nothing else,
/// under limits on memory and time (see `CHDF5Shims`): a damaged file gives a message, whatever it does to the library.
///
/// Read are numbers of up to 64 bits in either byte order, booleans as h5py writes them, and strings, compressed or not.
/// Links to other files, external storage and virtual datasets are refused.
package struct H5File: Sendable {
  /// A zip archive that has an HDF5 file in it: a file whose root has texts of the archive as attributes, and the HDF5 file's
  /// root as a group. Members of other names are not looked at; one that is not there is not in the root.
  package struct Archive: Sendable {
    /// The name of the HDF5 file, and of its group.
    package var member: String
    /// The names of texts, and of their attributes.
    package var texts: [String]

    package init(member: String, texts: [String]) {
      self.member = member
      self.texts = texts
    }

    /// Whether a file begins as zip archives do.
    /// - Throws: `Diagnostic` where it cannot be read.
    package static func isOne(_ path: String) throws -> Bool { try isOne(InputFile(path)) }

    fileprivate static func isOne(_ file: borrowing InputFile) throws -> Bool {
      try file.bytes(at: 0, count: 4) == [0x50, 0x4b, 0x03, 0x04]
    }
  }

  package struct Limits: Sendable {
    /// Bytes of all that is read.
    package var snapshot: Int
    /// Bytes of one attribute.
    package var attribute = 64 << 20
    /// Bytes that the library may take beside.
    package var memory = 384 << 20
    /// Of waiting, as for a disk.
    package var secondsWithoutProgress = 10
    /// Of the library's work; a second more for every 16 MiB of the file. A network takes some milliseconds.
    package var processorSeconds = 2

    /// As much as the budget of a model's numbers.
    package init() throws { snapshot = try MemoryBudget().bytes }
  }

  package let path: String
  package let root: H5Group
  /// The file where there is more to read than `root` has.
  private let source: Source?

  /// - Parameters:
  ///   - only: Paths of the groups and datasets to read; the groups on the way to them, with their attributes, are read
  ///     too. Empty: everything.
  ///   - attributes: The names of attributes to read, also with digits behind them. nil: all.
  ///   - structureOnly: Datasets of a large file have shape and type, and no elements: `reading` fetches those.
  ///   - archive: What the file is an archive of; nil: an HDF5 file.
  /// - Throws: `Diagnostic`, or `Diagnostics` where several things are refused.
  package init(
    _ path: String, only: [String] = [], attributes: [String]? = nil, structureOnly: Bool = false,
    archive: Archive? = nil, limits: Limits? = nil
  ) throws {
    let source = try Source(path, archive: archive, attributes: attributes, limits: limits ?? Limits())
    self = try source.read(only: only, structureOnly: structureOnly && !source.isSmall)
  }

  /// The same file with the elements of the datasets at these paths, and no other datasets.
  package func reading(_ paths: [String]) throws -> H5File {
    guard let source, !paths.isEmpty else { return self }
    return try source.read(only: paths, structureOnly: false)
  }

  /// From what the process that runs the library handed over (its form: see `CHDF5Shims.h`).
  package init(_ path: String, snapshot: UnsafeRawBufferPointer) throws {
    try self.init(path, snapshot: snapshot, source: nil)
  }

  fileprivate init(_ path: String, snapshot: UnsafeRawBufferPointer, source: Source?) throws {
    self.path = path
    self.source = source
    var reader = SnapshotReader(snapshot, file: path)
    do {
      root = try reader.root()
    } catch is SnapshotReader.Malformed {
      throw Source.stopped(file: path)
    }
    if reader.refused.count == 1, let only = reader.refused.first { throw only }
    if !reader.refused.isEmpty { throw Diagnostics(Array(reader.refused.prefix(20))) }
  }
}

/// A file that stays open.
private final class Source: Sendable {
  private let file: InputFile
  private let archive: H5File.Archive?
  private let attributes: [String]?
  private let limits: H5File.Limits

  init(_ path: String, archive: H5File.Archive?, attributes: [String]?, limits: H5File.Limits) throws {
    file = try InputFile(path)
    self.archive = archive
    self.attributes = attributes
    var limits = limits
    limits.processorSeconds += file.size >> 24
    self.limits = limits
    if archive == nil { try Self.checkSuperblock(of: file) }
  }

  /// Whether a second process to read it takes longer than all its elements.
  var isSmall: Bool { file.size < 4 << 20 }

  func read(only: [String], structureOnly: Bool) throws -> H5File {
    var snapshot = snapshot(only: only, structureOnly: structureOnly)
    defer { chdf5_release(&snapshot) }
    if let problem = Self.problem(snapshot, file: file.path) { throw problem }
    return try H5File(
      file.path, snapshot: UnsafeRawBufferPointer(start: snapshot.bytes, count: Int(snapshot.count)),
      source: structureOnly ? self : nil)
  }

  private static func checkSuperblock(of file: borrowing InputFile) throws {
    let place = Diagnostic.Location(file: file.path)
    guard let superblock = try Superblock(of: file) else {
      let isArchive = try H5File.Archive.isOne(file)
      throw Diagnostic(isArchive ? "a zip archive, not an HDF5 file" : "not an HDF5 file", at: place)
    }
    if let end = superblock.endOfFile, end > file.size {
      throw Diagnostic(
        "the file is truncated or damaged: it has \(file.size) bytes, and its header says \(end)", at: place,
        fix: "copy or save it again")
    }
  }

  private func snapshot(only: [String], structureOnly: Bool) -> chdf5_snapshot {
    let paths = only.map { $0.split(separator: "/").joined(separator: "/") }.filter { !$0.isEmpty }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let members = archive.map { [$0.member] + $0.texts } ?? []
    return paths.withCStrings { paths in
      (attributes ?? []).withCStrings { names in
        members.withCStrings { members in
          let texts = UnsafeBufferPointer(rebasing: members.dropFirst())
          var request = chdf5_request(
            file: file.descriptor, file_size: UInt64(file.size), member: members.first ?? nil,
            texts: texts.baseAddress, text_count: texts.count, only: paths.baseAddress, only_count: paths.count,
            attributes: attributes == nil ? nil : names.baseAddress, attribute_count: names.count,
            structure_only: structureOnly ? 1 : 0, snapshot_limit: UInt64(limits.snapshot),
            attribute_limit: UInt64(limits.attribute), memory_limit: UInt64(limits.memory),
            seconds_without_progress: UInt32(limits.secondsWithoutProgress),
            cpu_seconds: UInt32(limits.processorSeconds))
          return chdf5_read(&request)
        }
      }
    }
  }

  /// What a snapshot that is not whole means to the user.
  private static func problem(_ snapshot: chdf5_snapshot, file: String) -> Diagnostic? {
    let object = String(cString: snapshot.object)
    let message = String(cString: snapshot.message)
    let place = Diagnostic.Location(file: file)
    let subject = object.isEmpty ? "" : " at '\(object)'"
    switch snapshot.status {
    case CHDF5_READ:
      return nil
    case CHDF5_DAMAGED where message.contains("memory allocation failed"):
      return Diagnostic(
        "too large or damaged\(subject): reading it takes more memory than a model of any hardware asks for", at: place)
    case CHDF5_DAMAGED:
      let reason = message.isEmpty ? "" : " (\(message))"
      return Diagnostic("the file is damaged\(subject)\(reason)", at: place, fix: "copy or save it again")
    case CHDF5_TOO_LARGE:
      return Diagnostic("too large or damaged\(subject): \(message)", at: place)
    case CHDF5_NO_WALLS:
      return Diagnostic(
        "this system does not let the HDF5 library be shut in, and files are not read without", at: place,
        supported: "Linux with seccomp filters, which containers leave on unless they are told not to")
    case CHDF5_TIMED_OUT:
      return Diagnostic(
        "the HDF5 library did not come to an end reading it: the file is damaged", at: place,
        fix: "copy or save it again")
    case CHDF5_NO_PROCESS:
      return Diagnostic("no memory or no process to read it with (error \(snapshot.code))", at: place)
    default:
      return stopped(file: file)
    }
  }

  static func stopped(file: String) -> Diagnostic {
    Diagnostic(
      "the HDF5 library stopped while reading: the file is damaged", at: .init(file: file),
      fix: "copy or save it again")
  }
}

extension [String] {
  /// Calls with the texts as C has them, each ended by a zero; the list's address is never nil.
  fileprivate func withCStrings<Result>(
    _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    // One block with all of them, and pointers into it.
    var text: [CChar] = []
    for one in self { text += one.utf8CString }
    return text.withUnsafeBufferPointer { text in
      var start = 0
      var starts: [UnsafePointer<CChar>?] = []
      for one in self {
        starts.append(text.baseAddress.map { $0 + start })
        start += one.utf8.count + 1
      }
      starts.append(nil)
      return starts.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0.dropLast())) }
    }
  }
}

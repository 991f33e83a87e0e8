import CHDF5Shims
import Diagnostics
import Files

/// What an HDF5 file holds, read at once into values. libhdf5 runs in a process of its own under limits on memory, time
/// and open files (see `CHDF5Shims`): a damaged file gives a message, whatever it does to the library.
///
/// Read are numbers of up to 64 bits in either byte order, booleans as h5py writes them, and strings, compressed or not.
/// Links to other files, external storage and virtual datasets are refused.
package struct H5File: Sendable {
  package struct Limits: Sendable {
    /// Bytes of all that is read.
    package var snapshot = 1 << 30
    /// Bytes of one attribute.
    package var attribute = 64 << 20
    /// Bytes that the library may take beside.
    package var memory = 384 << 20
    /// Of waiting, as for a disk.
    package var secondsWithoutProgress = 10
    /// Of the library's work; a second more for every 16 MiB of the file. A network takes some milliseconds.
    package var processorSeconds = 2

    package init() {}
  }

  package let path: String
  package let root: H5Group

  /// - Parameters:
  ///   - only: Paths of the groups and datasets to read; the groups on the way to them, with their attributes, are read
  ///     too. Empty: everything.
  ///   - structureOnly: Datasets have shape and type, and no elements.
  /// - Throws: `Diagnostic`, or `Diagnostics` where several things are refused.
  package init(_ path: String, only: [String] = [], structureOnly: Bool = false, limits: Limits = Limits()) throws {
    let file = try InputFile(path)
    try Self.checkSuperblock(of: file)
    var limits = limits
    limits.processorSeconds += file.size >> 24
    var snapshot = Self.snapshot(path, only: only, structureOnly: structureOnly, limits: limits)
    defer { chdf5_release(&snapshot) }
    if let problem = Self.problem(snapshot, file: path) { throw problem }
    try self.init(
      path, snapshot: UnsafeRawBufferPointer(start: snapshot.bytes, count: Int(snapshot.count)))
  }

  /// From what the process that runs the library handed over (its form: see `CHDF5Shims.h`).
  package init(_ path: String, snapshot: UnsafeRawBufferPointer) throws {
    self.path = path
    var reader = SnapshotReader(snapshot, file: path)
    do {
      root = try reader.root()
    } catch is SnapshotReader.Malformed {
      throw Self.stopped(file: path)
    }
    if reader.refused.count == 1, let only = reader.refused.first { throw only }
    if !reader.refused.isEmpty { throw Diagnostics(Array(reader.refused.prefix(20))) }
  }

  private static func checkSuperblock(of file: borrowing InputFile) throws {
    let place = Diagnostic.Location(file: file.path)
    guard let superblock = try Superblock(of: file) else {
      let isZip = try file.bytes(at: 0, count: 4) == [0x50, 0x4b, 0x03, 0x04]
      throw Diagnostic(
        isZip ? "a zip archive, as Keras 3 saves models, not an HDF5 file" : "not an HDF5 file", at: place,
        fix: isZip ? "save the model under a name that ends in .h5" : nil)
    }
    if let end = superblock.endOfFile, end > file.size {
      throw Diagnostic(
        "the file is truncated or damaged: it has \(file.size) bytes, and its header says \(end)", at: place,
        fix: "copy or save it again")
    }
  }

  private static func snapshot(
    _ path: String, only: [String], structureOnly: Bool, limits: Limits
  ) -> chdf5_snapshot {
    let names = only.map { $0.split(separator: "/").joined(separator: "/") }.filter { !$0.isEmpty }
    // One block with all names, each ended by a zero, and pointers into it.
    let text = names.flatMap { Array($0.utf8CString) }
    return text.withUnsafeBufferPointer { text in
      var starts: [UnsafePointer<CChar>?] = []
      var start = 0
      for name in names {
        starts.append(text.baseAddress.map { $0 + start })
        start += name.utf8.count + 1
      }
      return starts.withUnsafeBufferPointer { starts in
        path.withCString { path in
          var request = chdf5_request(
            path: path, only: starts.baseAddress, only_count: starts.count, structure_only: structureOnly ? 1 : 0,
            snapshot_limit: UInt64(limits.snapshot), attribute_limit: UInt64(limits.attribute),
            memory_limit: UInt64(limits.memory),
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
      let reason = message.isEmpty ? "" : " (HDF5: \(message))"
      return Diagnostic("the file is damaged\(subject)\(reason)", at: place, fix: "copy or save it again")
    case CHDF5_TOO_LARGE:
      return Diagnostic("too large or damaged\(subject): \(message)", at: place)
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

  private static func stopped(file: String) -> Diagnostic {
    Diagnostic(
      "the HDF5 library stopped while reading: the file is damaged", at: .init(file: file),
      fix: "copy or save it again")
  }
}

import Diagnostics
import HDF5
import Testing
import TestSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct RefusedFileTests {
  @Test(arguments: [
    ("missing.h5", "no such file"),
    (".", "is a folder, not a file"),
    ("not_hdf5.h5", "not an HDF5 file"),
    ("archive.h5", "a zip archive, not an HDF5 file"),
    ("external_storage.h5", "'data' is refused: a dataset whose data is in another file (external storage)"),
    ("virtual.h5", "'data' is refused: a virtual dataset, whose data is in other datasets"),
    ("cycle.h5", "'a/b/back' is refused: a group that contains itself"),
    ("soft_cycle.h5", "'a/root' is refused: a group that contains itself"),
    ("dangling.h5", "'nowhere' is refused: a soft link that leads nowhere in this file"),
    ("deep.h5", "groups nested deeper than 64"),
    ("diamonds.h5", "more than 50000 groups, datasets and attributes"),
    ("chunked_huge.h5", "its shape asks for 4398046511104 bytes, and the file holds 0 for it"),
    ("contiguous_huge.h5", "its shape asks for 274877906944 bytes, and the file holds 0 for it"),
    ("uncountable.h5", "a shape of more elements than can be counted"),
  ]) func message(name: String, message: String) throws {
    let path = Fixtures.path(name)
    let problem = try #require(throws: Diagnostic.self) { try H5File(path) }
    #expect(problem.found.hasSuffix(message), "\(problem)")
    #expect(problem.location.file == path)
  }

  @Test(arguments: [
    ("external_link.h5", "an external link, to an object in another file"),
    ("user_link.h5", "a user-defined link"),
  ]) func linksOutOfTheFile(name: String, kind: String) throws {
    let path = Fixtures.path(name)
    let problems = try #require(throws: Diagnostics.self) { try H5File(path) }
    #expect(
      problems.all.map(\.found) == [
        "'group/link' is refused: \(kind)", "'through' is refused: a soft link that leads nowhere in this file",
      ])
    // What is not asked for is not looked at.
    let elsewhere = try H5File(path, only: [name == "external_link.h5" ? "inside" : "other"])
    #expect(elsewhere.root.groups.isEmpty)
  }

  @Test func emptyFileAndPipe() throws {
    try Folder.with { folder in
      let empty = "\(folder)/empty.h5"
      try Data().write(to: URL(filePath: empty))
      #expect(throws: Diagnostic("the file is empty", at: .init(file: empty))) { try H5File(empty) }
    }
    #expect(throws: Diagnostic("is a pipe or a device, not a regular file", at: .init(file: "/dev/null"))) {
      try H5File("/dev/null")
    }
  }

  @Test func limits() throws {
    let path = Fixtures.path("attributes.h5")
    var limits = try H5File.Limits()
    limits.attribute = 1 << 14
    #expect(
      throws: Diagnostic("too large or damaged at 'long': 70000 bytes; the limit is 0 MiB", at: .init(file: path))
    ) {
      try H5File(path, limits: limits)
    }
    limits = try H5File.Limits()
    limits.snapshot = 1 << 16
    #expect(throws: Diagnostic.self) { try H5File(path, limits: limits) }
  }
}

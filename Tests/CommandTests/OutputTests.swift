import Foundation
import Testing
import TestSupport

/// What is written is whole, or is not there.
@Suite struct OutputTests {
  @Test func aProjectReplacesAProject() throws {
    let folder = try Folder()
    for _ in 0..<2 {
      let result = try Command.run("compile $T/digits_dense.h5 -o a/b/", in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("channels proved exact"))
    }
    #expect(try Shell.run("ls -A a", in: folder.path).output == "b\n")
    let linked = try Command.run("compile $T/digits_dense.h5 -o second", in: folder.path)
    #expect(linked.status == 0)
    #expect(try Shell.run("diff -r a/b second", in: folder.path).status == 0)
  }

  @Test(arguments: [
    ("touch file", "file", "a file stands where"),
    ("mkdir foreign; touch foreign/x", "foreign", "not empty"),
    ("touch file", "file/below", "file/below"),
    ("true", "/proc/nowhere/below", "/proc/nowhere"),
    ("ulimit -f 1", "out", "File too large"),
    ("ulimit -f 16", "out", "File too large"),
    ("true", "''", "name it with -o"),
  ])
  func unwritable(_ before: String, _ output: String, _ message: String) throws {
    let folder = try Folder()
    let result = try Command.run("compile $T/digits_conv.h5 -o \(output)", in: folder.path, before: before)
    #expect(result.status == 1)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(!result.errors.contains(".partial"), "\(result.errors)")
    #expect(folder.entries == ["file", "foreign"].filter { before.contains($0) })
  }

  @Test(arguments: [
    ("true", ".", "is a folder"), ("true", "nowhere/y.npy", "folder does not exist"),
    ("ulimit -f 1", "y.npy", "File too large"), ("true", "/proc/y.npy", "/proc/y.npy"),
  ])
  func unwritableArrays(_ before: String, _ output: String, _ message: String) throws {
    let folder = try Folder()
    let result = try Command.run(
      "simulate $T/digits_dense.h5 --inputs $T/digits_x.npy -o \(output)", in: folder.path, before: before)
    #expect(result.status == 1)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(folder.entries == [])
  }

  @Test(arguments: [
    ("true", ".", "is a folder"), ("true", "nowhere/page.html", "folder does not exist"),
    ("ulimit -f 1", "page.html", "File too large"),
  ])
  func unwritablePages(_ before: String, _ output: String, _ message: String) throws {
    let folder = try Folder()
    let result = try Command.run("report $T/digits_dense.h5 -o \(output)", in: folder.path, before: before)
    #expect(result.status == 1)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(folder.entries == [])
  }

  @Test func aPageIsNamedLikeItsModel() throws {
    let folder = try Folder()
    let result = try Command.run("report $T/zoo/folded_ema.h5", in: folder.path)
    #expect(result.status == 0 && result.output == "folded_ema.html\n", "\(result.errors)")
    #expect(folder.entries == ["folded_ema.html"])
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func fullStandardOutput() throws {
    let result = try Command.run("summary $T/digits_dense.h5 > /dev/full", in: "/")
    #expect(result.status == 1)
    #expect(result.errors.contains("standard output cannot be written"))
  }

  /// In each format, of each command that has formats.
  @Test(arguments: ["summary", "summary --qstats", "tile-report", "verify --no-emitted", "qtools", "energy"])
  func reportsEndInOneNewline(_ command: String) throws {
    for format in ["text", "json", "csv"] {
      let parts = command.split(separator: " ", maxSplits: 1)
      let options = parts.dropFirst().joined()
      let result = try Command.run("\(parts[0]) $T/digits_dense.h5 \(options) --format \(format)", in: "/")
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.hasSuffix("\n") && !result.output.hasSuffix("\n\n"), "\(command) \(format)")
    }
  }

  @Test func simulateNamesItsFiles() throws {
    let folder = try Folder()
    let golden = "$T/zoo/two_outputs.golden.h5"
    let result = try Command.run("simulate $T/zoo/two_outputs.h5 --inputs \(golden):x -o y.npy", in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(folder.entries.count == 4)
    #expect(Set(result.output.split(separator: "\n").map(String.init)) == Set(folder.entries))
  }
}

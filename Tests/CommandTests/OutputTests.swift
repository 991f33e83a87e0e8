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

  /// The list of what qcc wrote is one of `sha256sum`, and holds all.
  @Test func aProjectListsItsFiles() throws {
    let folder = try Folder()
    let result = try Command.run("compile $T/digits_dense.h5 -o net", in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let check = try Shell.run("sha256sum --strict -c .qcc-manifest", in: folder.path + "/net")
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    let files = try Shell.run("find net -type f | wc -l", in: folder.path).output
    #expect("\(check.output.split(separator: "\n").count + 1)\n" == files)
  }

  /// What a build depends on by time stays as it is.
  @Test func theSameProjectAgainTouchesNothing() throws {
    let folder = try Folder()
    var times: [String] = []
    for _ in 0..<2 {
      let result = try Command.run("compile $T/digits_dense.h5 -o net", in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
      times.append(try Shell.run("stat -c '%n %i %y' $(find net -type f)", in: folder.path).output)
    }
    #expect(times[0] == times[1] && !times[0].isEmpty)
  }

  @Test func aChangedFileOfAFormerNetworkStaysAndDisturbsNoBuild() throws {
    let folder = try Folder()
    let steps = """
      compile $T/digits_dense.h5 -o net; echo '#error mine' >> net/src/digits_dense.c; "$QCC" compile $T/digits_conv.h5 -o net
      """
    let result = try Command.run(steps, in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("net/src/digits_dense.c: is no file of the project any more"), "\(result.errors)")
    #expect(try Shell.run("make -s test", in: folder.path + "/net").status == 0)
    #expect(try Shell.run("ls net/src", in: folder.path).output.contains("digits_dense.c\n"))
    #expect(try Shell.run("ls net/src net/include", in: folder.path).output.contains("digits_dense.h\n") == false)
  }

  /// Nothing of the old project is gone where the new one finds no room.
  @Test func aFailingWriteLeavesTheOldProjectWhole() throws {
    let folder = try Folder()
    let steps = """
      compile $T/digits_dense.h5 -o net; cp -a net old; ulimit -f 8; "$QCC" compile $T/digits_conv.h5 -o net
      """
    let result = try Command.run(steps, in: folder.path)
    #expect(result.status == 1 && result.errors.contains("error: net: cannot be written"), "\(result.errors)")
    #expect(try Shell.run("diff -r net old", in: folder.path).output.isEmpty)
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
    #expect(!result.errors.contains("partial"), "\(result.errors)")
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
  @Test(arguments: ["summary", "summary --qstats", "tile-report", "verify --no-emitted", "qtools", "energy", "memory"])
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

  // MARK: Devices, pipes and links

  @Test func standardOutputByItsName() throws {
    let folder = try Folder()
    for place in ["| cat > page.html", "> page.html", ">> page.html"] {
      let result = try Command.run("report $T/digits_dense.h5 -o /dev/stdout \(place)", in: folder.path)
      #expect(result.errors == "/dev/stdout\n" && result.output.isEmpty)
    }
    let plain = try Command.run(
      "report $T/digits_dense.h5 -o one.html; cat one.html one.html > two.html", in: folder.path)
    #expect(plain.status == 0)
    #expect(try Shell.run("cmp two.html page.html", in: folder.path).status == 0)
    let arrays = try Command.run("simulate $T/digits_dense.h5 --inputs $T/digits_x.npy -o y.npy", in: folder.path)
    let piped = try Command.run(
      "simulate $T/digits_dense.h5 --inputs $T/digits_x.npy -o /dev/stdout | cmp - y.npy", in: folder.path)
    #expect(arrays.status == 0 && piped.status == 0, "\(piped.output)\(piped.errors)")
    #expect(folder.entries == ["one.html", "page.html", "two.html", "y.npy", "y_codes.npy"])
  }

  @Test func pipesAndDevicesStay() throws {
    let folder = try Folder()
    let pipe = try Command.run(
      "report $T/digits_dense.h5 -o pipe; wait", in: folder.path, before: "mkfifo pipe; cat pipe > page.html & true")
    #expect(pipe.status == 0 && pipe.output == "pipe\n", "\(pipe.errors)")
    let result = try Command.run(
      "report $T/digits_dense.h5 -o whole.html && cmp whole.html page.html && test -p pipe", in: folder.path)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let device = try Command.run("report $T/digits_dense.h5 -o /dev/null && test -c /dev/null", in: folder.path)
    #expect(device.status == 0)
    let full = try Command.run("report $T/digits_dense.h5 -o /dev/full", in: folder.path)
    #expect(full.status == 1 && full.errors == "error: /dev/full: cannot be written: the disk is full\n")
  }

  /// The target of a link is written, with its permissions, also where it is not there yet.
  @Test func linksAndPermissionsStay() throws {
    let folder = try Folder()
    let before = "mkdir below; touch below/target; chmod 640 below/target; ln -s below/target link; ln -s new dangling"
    for output in ["link", "dangling"] {
      let result = try Command.run("report $T/digits_dense.h5 -o \(output)", in: folder.path, before: before)
      #expect(result.status == 0, "\(result.errors)")
    }
    let modes = try Shell.run(
      "stat -c '%F %a' link below/target dangling; test -s below/target && test -s new", in: folder.path)
    #expect(modes.status == 0 && modes.output == "symbolic link 777\nregular file 640\nsymbolic link 777\n")
    #expect(folder.entries == ["below", "dangling", "link", "new"])
  }

  /// Several outputs: none of the old files is gone where there is no room for the new ones.
  @Test func arraysAreReplacedAllOrNone() throws {
    let folder = try Folder()
    let result = try Command.run(
      "simulate $T/digits_dense.h5 --inputs $T/digits_x.npy -o y.npy", in: folder.path,
      before: "echo old > y.npy; mkdir y_codes.npy")
    #expect(result.status == 1 && result.errors.contains("y_codes.npy: is a folder"), "\(result.errors)")
    #expect(try Shell.run("cat y.npy; ls -A", in: folder.path).output == "old\ny.npy\ny_codes.npy\n")
  }

  /// Of many messages the first are shown, and how many there are.
  @Test func messagesHaveAnEnd() throws {
    let folder = try Folder()
    let keys = "for i in $(seq 5000); do echo key$i: 1; done > mine.yaml; echo 'bad: 1' >> mine.yaml"
    let result = try Command.run("targets ./mine.yaml", in: folder.path, before: keys)
    let lines = result.errors.split(separator: "\n")
    #expect(result.status == 1 && lines.count == 201)
    #expect(lines.last == "4802 more messages are left out", "\(lines.last ?? "")")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func helpThatCannotBeWritten() throws {
    for words in ["--help", "compile --help", "--version"] {
      let result = try Command.run("\(words) > /dev/full", in: "/")
      #expect(
        result.status == 1 && result.errors.hasPrefix("error: standard output cannot be written"), "\(result.errors)")
    }
  }

  /// As other programs end whose reader goes away: at once, and without a word.
  @Test func aReaderThatGoesAway() throws {
    let folder = try Folder()
    let result = try Command.run(
      "summary $T/digits_dense.h5 --format json | true", in: folder.path)
    #expect(result.errors.isEmpty, "\(result.errors)")
  }

  @Test func aFullTemporaryFolderIsNamed() throws {
    let result = try Command.run("verify $T/digits_dense.h5", in: "/", before: "export TMPDIR=/proc/nowhere")
    #expect(result.status == 1)
    #expect(
      result.errors.contains("error: /proc/nowhere: cannot be written") && result.errors.contains("TMPDIR"),
      "\(result.errors)")
  }
}
